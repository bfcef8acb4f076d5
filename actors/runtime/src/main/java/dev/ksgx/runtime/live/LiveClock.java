package dev.ksgx.runtime.live;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Scheduler;
import akka.dispatch.ExecutionContexts$;
import dev.ksgx.runtime.clock.Clock;
import java.time.Duration;
import java.util.function.UnaryOperator;
import scala.concurrent.ExecutionContext;

/**
 * The wall as a {@link Clock}: {@link System#nanoTime} since creation, timers on the system's
 * scheduler (whose tick, 10 ms by default, rounds them up). The only place that reads the JVM's
 * clock.
 */
public final class LiveClock implements Clock, Extension {
  private static final class Id extends ExtensionId<LiveClock> {
    @Override
    public LiveClock createExtension(ActorSystem<?> system) {
      return new LiveClock(system);
    }
  }

  private static final Id ID = new Id();

  /** A tell is short and never blocks, so the scheduler's own thread may do it. */
  private final ExecutionContext callingThread = ExecutionContexts$.MODULE$.parasitic();

  private final Scheduler scheduler;
  private final long originNanos = System.nanoTime();
  private volatile UnaryOperator<Runnable> carrier = UnaryOperator.identity();

  private LiveClock(ActorSystem<?> system) {
    this.scheduler = system.scheduler();
  }

  /** The one live clock of that system. */
  public static LiveClock of(ActorSystem<?> system) {
    return system.registerExtension(ID);
  }

  /** Asked when a timer is set for what is to run when it fires, on a thread of the scheduler. */
  public void carryTimers(UnaryOperator<Runnable> newCarrier) {
    carrier = newCarrier;
  }

  @Override
  public long nowNanos() {
    return System.nanoTime() - originNanos;
  }

  @Override
  public <T> Cancellable tellAt(long whenNanos, ActorRef<? super T> to, T message) {
    Duration delay = Duration.ofNanos(Math.max(0, whenNanos - nowNanos()));
    Runnable tell = carrier.apply(() -> to.tell(message));
    return scheduler.scheduleOnce(delay, tell, callingThread);
  }

  @Override
  public <T> Cancellable tellAtDaemon(long whenNanos, ActorRef<? super T> to, T message) {
    return tellAt(whenNanos, to, message);
  }
}
