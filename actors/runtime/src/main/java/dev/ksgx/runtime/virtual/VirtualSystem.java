package dev.ksgx.runtime.virtual;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.random.RandomStreams;
import dev.ksgx.runtime.record.DeliverySink;
import dev.ksgx.runtime.record.DigestSink;
import dev.ksgx.runtime.record.RunRecorder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * An actor system in virtual time, driven by the thread that made it. Nothing runs unless one of
 * the run methods is called; handlers take no virtual time; the same seed gives the same run.
 * Several such systems may run in one JVM, each on its own thread.
 *
 * @param <T> messages of the guardian
 */
public final class VirtualSystem<T> implements AutoCloseable {
  private static final long CLOSING_STEPS = 100_000_000L;

  private final EventLoop loop;
  private final ActorSystem<T> system;
  private final DigestSink digest;
  private final long stepLimit;
  private final ForeignBehaviours foreign;
  private boolean closed;

  private VirtualSystem(
      EventLoop loop,
      ActorSystem<T> system,
      DigestSink digest,
      long stepLimit,
      ForeignBehaviours foreign) {
    this.loop = loop;
    this.system = system;
    this.digest = digest;
    this.stepLimit = stepLimit;
    this.foreign = foreign;
  }

  /** A system with that seed and default options. */
  public static <T> VirtualSystem<T> create(Behavior<T> guardian, String name, long seed) {
    return create(guardian, name, VirtualOptions.seed(seed));
  }

  /**
   * Makes the system on the calling thread. The guardian starts with the first step.
   *
   * @throws IllegalArgumentException if a configured dispatcher cannot run in virtual time
   */
  public static <T> VirtualSystem<T> create(
      Behavior<T> guardian, String name, VirtualOptions options) {
    ForeignBehaviours foreign =
        options.foreignBehaviours() ? ForeignBehaviours.tame(options.seed()) : null;
    try {
      EventLoop loop = new EventLoop(options, foreign);
      DigestSink digest = options.digest() ? new DigestSink() : null;
      if (digest != null) {
        loop.recorder().addSink(digest);
      }
      for (DeliverySink sink : options.sinks()) {
        loop.recorder().addSink(sink);
        if (sink instanceof RunRecorder run) {
          loop.probe().addListener(run);
        }
      }
      ActorSystem<T> system =
          loop.create(() -> ActorSystem.create(guardian, name, VirtualConfig.of(options)));
      return new VirtualSystem<>(loop, system, digest, options.stepLimit(), foreign);
    } catch (RuntimeException | Error e) {
      if (foreign != null) {
        foreign.release();
      }
      throw e;
    }
  }

  /** Runs until nothing is left but daemon timers. Ends QUIESCENT, DEADLOCK, STEPS or FAILED. */
  public RunResult runToQuiescence() {
    return run(Long.MAX_VALUE, null);
  }

  /**
   * Runs everything due up to and at that instant; the clock then shows it. Ends TIME, or as {@link
   * #runToQuiescence} if nothing is left before (the clock is set forward even so, except on a
   * deadlock).
   */
  public RunResult runUntil(long nanos) {
    return run(nanos, null);
  }

  /** Runs until the condition holds (asked before each step), else as {@link #runToQuiescence}. */
  public RunResult runUntil(BooleanSupplier done) {
    return run(Long.MAX_VALUE, done);
  }

  /**
   * As {@link #runUntil(long)}, unless the condition holds before; it is asked before each step.
   */
  public RunResult runUntil(long nanos, BooleanSupplier done) {
    return run(nanos, done);
  }

  /**
   * Drives the system until the stage is complete, and gives its value.
   *
   * @throws java.util.concurrent.CompletionException if the stage failed
   * @throws IllegalStateException if the run failed or ended before the stage was complete
   */
  public <V> V await(CompletionStage<V> stage) {
    CompletableFuture<V> future = stage.toCompletableFuture();
    if (!future.isDone()) {
      RunResult result = runUntil(future::isDone).orThrow();
      if (!future.isDone()) {
        throw new IllegalStateException(
            "the run ended (" + result.outcome() + ") before what was awaited");
      }
    }
    return future.join();
  }

  private RunResult run(long untilNanos, BooleanSupplier done) {
    loop.requireOwner();
    if (closed) {
      throw new IllegalStateException("the virtual system " + system.name() + " is closed");
    }
    Outcome outcome = loop.run(untilNanos, done, stepLimit);
    String report = outcome == Outcome.DEADLOCK ? loop.probe().waitReport() : "";
    return new RunResult(outcome, loop.nowNanos(), report, loop.failures().failure());
  }

  /** Sends a message to the guardian; it is handled when the system is next driven. */
  public void tell(T message) {
    system.tell(message);
  }

  public ActorSystem<T> system() {
    return system;
  }

  public long nowNanos() {
    return loop.nowNanos();
  }

  public Clock clock() {
    return loop.clock();
  }

  public RandomStreams random() {
    return loop.random();
  }

  public Probe probe() {
    return loop.probe();
  }

  /** Runs of a mailbox or of a future's callback so far. */
  public long steps() {
    return loop.steps();
  }

  /** Messages handled so far, Akka's own actors included. */
  public long messages() {
    return loop.messages();
  }

  /**
   * SHA-256 of all deliveries so far (up to the beginning of {@link #close}).
   *
   * @throws IllegalStateException if the system was made without digest
   */
  public String digest() {
    if (digest == null) {
      throw new IllegalStateException("made without digest: use VirtualOptions.withDigest(true)");
    }
    return digest.hex();
  }

  /** Terminates the system within virtual time. What the digest covers ends here. */
  @Override
  public void close() {
    loop.requireOwner();
    if (closed) {
      return;
    }
    closed = true;
    loop.endRecording();
    loop.closing();
    try {
      system.terminate();
      long limit = loop.steps() + CLOSING_STEPS;
      loop.run(Long.MAX_VALUE, () -> system.whenTerminated().isCompleted(), limit);
    } finally {
      loop.closed();
      if (foreign != null) {
        foreign.release();
      }
    }
    if (!system.whenTerminated().isCompleted()) {
      throw new IllegalStateException("the virtual system " + system.name() + " did not stop");
    }
  }
}
