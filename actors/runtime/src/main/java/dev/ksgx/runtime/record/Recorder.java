package dev.ksgx.runtime.record;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import dev.ksgx.runtime.live.LiveClock;
import dev.ksgx.runtime.probe.Probe;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The recorder of one actor system: numbers messages, knows their causes and tells the sinks. Fed
 * by {@link RecordingMailbox}.
 *
 * <p>A virtual system has one cursor. In live mode each thread has its own, so a message sent by a
 * future that runs on an actor's thread may be ascribed to the message handled there last, unless
 * its dispatchers are {@link RecordingDispatchers}; sinks are then called from several threads.
 */
public final class Recorder implements Extension {
  private static final int THREAD_SHIFT = 40;

  /** Least id of a message in live mode, where each thread counts its own. */
  public static final long FIRST_LIVE_ID = 1L << THREAD_SHIFT;

  private static final class Id extends ExtensionId<Recorder> {
    @Override
    public Recorder createExtension(ActorSystem<?> system) {
      if (system.classicSystem().scheduler() instanceof RecorderSource source) {
        return source.recorder();
      }
      LiveClock clock = LiveClock.of(system);
      Recorder recorder = new Recorder(clock::nowNanos, null);
      if (system.classicSystem().scheduler() instanceof RecordingScheduler timers) {
        timers.carry(recorder::caused);
      } else {
        clock.carryTimers(recorder::caused);
      }
      return recorder;
    }
  }

  private static final Id ID = new Id();

  private final LongSupplier nowNanos;
  private final Cursor single;
  private final AtomicInteger threads = new AtomicInteger();
  private final ThreadLocal<Cursor> perThread =
      ThreadLocal.withInitial(() -> new Cursor((long) threads.incrementAndGet() << THREAD_SHIFT));
  private final AtomicInteger endpoints = new AtomicInteger();
  private volatile DeliverySink[] sinks = {};

  private Recorder(LongSupplier nowNanos, Cursor single) {
    this.nowNanos = nowNanos;
    this.single = single;
  }

  /** The recorder of a system that runs on one thread. */
  public static Recorder singleThreaded(LongSupplier nowNanos) {
    return new Recorder(nowNanos, new Cursor(0));
  }

  /** The recorder of that system. */
  public static Recorder get(ActorSystem<?> system) {
    return system.registerExtension(ID);
  }

  /** Adds a sink; it hears deliveries from now on. */
  public synchronized void addSink(DeliverySink sink) {
    DeliverySink[] longer = java.util.Arrays.copyOf(sinks, sinks.length + 1);
    longer[sinks.length] = sink;
    if (sink instanceof RunRecorder run) {
      run.begin(this);
    }
    sinks = longer;
  }

  /** Removes every sink: the recording is over. */
  public synchronized void removeSinks() {
    sinks = new DeliverySink[0];
  }

  /** The recording is over: the recorders of runs are told, and every sink is removed. */
  public void end(Probe probe) {
    DeliverySink[] told = sinks;
    removeSinks();
    for (DeliverySink sink : told) {
      if (sink instanceof RunRecorder run) {
        run.end(probe, nowNanos());
      }
    }
  }

  /** Id of the message being handled on this thread; 0 outside of a handler. */
  public long currentMessage() {
    return current().id();
  }

  /** Who is handling a message on this thread; null outside of a handler. */
  public Endpoint currentActor() {
    return current().actor();
  }

  /** What this thread is handling; {@link Cause#OUTSIDE} outside of a handler. */
  public Cause current() {
    return cursor().handling;
  }

  /**
   * From now on this thread acts on behalf of that message: a timer firing, or nobody ({@link
   * Cause#OUTSIDE}).
   */
  public void resume(Cause cause) {
    cursor().handling = cause;
  }

  /** That, on behalf of the present message; its thread then goes on with what it was at. */
  private Runnable caused(Runnable later) {
    Cause cause = current();
    return () -> {
      Cause before = current();
      resume(cause);
      try {
        later.run();
      } finally {
        resume(before);
      }
    };
  }

  /** The message being handled on this thread serves that request, and so will its effects. */
  public void serve(long request) {
    current().serve(request);
  }

  /** Tells the recorders of runs that an actor threw while it handled the present message. */
  public void failed(String actor, Throwable failure) {
    Cursor cursor = cursor();
    for (DeliverySink sink : sinks) {
      if (sink instanceof RunRecorder run) {
        run.failed(cursor.nextId(), cursor.handling, actor, nowNanos(), failure);
      }
    }
  }

  Endpoint endpoint(String path) {
    return new Endpoint(endpoints.getAndIncrement(), path);
  }

  Cursor cursor() {
    return single != null ? single : perThread.get();
  }

  long nowNanos() {
    return nowNanos.getAsLong();
  }

  DeliverySink[] sinks() {
    return sinks;
  }
}
