package dev.ksgx.runtime;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.failure.Failure;
import dev.ksgx.runtime.failure.FailureBoard;
import dev.ksgx.runtime.failure.FailureReporter;
import dev.ksgx.runtime.live.LiveClock;
import dev.ksgx.runtime.probe.MeasuringProbe;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.random.RandomStreams;
import dev.ksgx.runtime.virtual.EventLoop;
import dev.ksgx.runtime.virtual.VirtualScheduler;
import java.util.concurrent.CompletionStage;

/**
 * Clock, random streams and probe of an actor system, for behaviours that do not care about its
 * mode: {@code RuntimeExtension.get(context.getSystem()).clock()}.
 */
public final class RuntimeExtension implements Extension {
  private static final class Id extends ExtensionId<RuntimeExtension> {
    @Override
    public RuntimeExtension createExtension(ActorSystem<?> system) {
      if (system.classicSystem().scheduler() instanceof VirtualScheduler virtual) {
        EventLoop loop = virtual.loop();
        return new RuntimeExtension(
            loop.clock(), loop.random(), loop.probe(), loop.failures(), false);
      }
      Config config = system.settings().config().getConfig("ksgx.runtime");
      LiveClock clock = LiveClock.of(system);
      return new RuntimeExtension(
          clock,
          new RandomStreams(config.getLong("seed")),
          config.getBoolean("probe") ? new MeasuringProbe(clock::nowNanos) : Probe.off(),
          new FailureBoard(),
          true);
    }
  }

  private static final Id ID = new Id();

  private final Clock clock;
  private final RandomStreams random;
  private final Probe probe;
  private final FailureBoard failures;
  private final boolean reporting;

  private RuntimeExtension(
      Clock clock, RandomStreams random, Probe probe, FailureBoard failures, boolean reporting) {
    this.clock = clock;
    this.random = random;
    this.probe = probe;
    this.failures = failures;
    this.reporting = reporting;
  }

  /** The extension of that system. */
  public static RuntimeExtension get(ActorSystem<?> system) {
    return system.registerExtension(ID);
  }

  /** Virtual or wall time, in nanoseconds since the system was created. */
  public Clock clock() {
    return clock;
  }

  /** Streams under the virtual system's seed, or under {@code ksgx.runtime.seed} in live mode. */
  public RandomStreams random() {
    return random;
  }

  /** {@link Probe#off()} in live mode unless {@code ksgx.runtime.probe} is on. */
  public Probe probe() {
    return probe;
  }

  /**
   * Completes with the first failure of an actor: in virtual time of any actor, in live mode of the
   * guardian made by {@code LiveSystem} and of actors spawned by {@link Children}.
   */
  public CompletionStage<Failure> failure() {
    return failures.first();
  }

  /** The behaviour, made to report its exceptions where nothing else (the event loop) sees them. */
  public <T> Behavior<T> reportingFailures(Behavior<T> behavior) {
    return reporting
        ? Behaviors.intercept(() -> new FailureReporter<>(failures, clock), behavior)
        : behavior;
  }
}
