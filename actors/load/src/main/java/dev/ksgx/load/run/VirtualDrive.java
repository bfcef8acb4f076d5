package dev.ksgx.load.run;

import akka.actor.typed.Behavior;
import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.check.ViolationException;
import dev.ksgx.load.statistics.FrameSeries;
import dev.ksgx.load.statistics.PagingLaws;
import dev.ksgx.load.workload.LoadGuardian;
import dev.ksgx.load.workload.PagingFigures;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.runtime.record.RunRecorder;
import dev.ksgx.runtime.virtual.Outcome;
import dev.ksgx.runtime.virtual.RunResult;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Drives a load in virtual time until it has its figures.
 *
 * @param <F> the figures
 */
final class VirtualDrive<F> {
  /**
   * A load that was driven to its end.
   *
   * @param messages delivered
   * @param digest of all deliveries, or null
   * @param wallNanos it took
   * @param paging what paging did; asked for after the end, so that messages and digest are those
   *     of a run at which nobody looked
   * @param frames frames of the EPC over time
   */
  record Driven<F>(
      F figures,
      long messages,
      String digest,
      long wallNanos,
      PagingFigures paging,
      FrameSeries frames) {
    /** The first law of paging that the figures violate, in words. */
    Optional<String> violation(int allFrames) {
      return PagingLaws.violation(paging.sinceBoot(), paging.swapper(), frames, allFrames);
    }
  }

  /** Makes a load from who is to hear of its figures, and of what paging did. */
  interface Load<F> {
    Behavior<ClientMessage> create(Consumer<F> finished, Consumer<PagingFigures> paging);
  }

  /** Steps between two looks at the outside world. */
  private static final int STEPS_BETWEEN_LOOKS = 10_000;

  /**
   * A frame that was on its way when the window closed and is so as many messages later, and as
   * many as the run had, will not get anywhere.
   */
  private static final long FOLLOWING_MESSAGES = 250_000;

  private final RunControl control;
  private VirtualSystem<ClientMessage> system;
  private ConservationWatch watch;
  private FrameSeries frames;
  private F figures;
  private PagingFigures paging;
  private boolean stopSent;
  private int untilLook = STEPS_BETWEEN_LOOKS;

  VirtualDrive(RunControl control) {
    this.control = control;
  }

  /**
   * Drives the load on the calling thread.
   *
   * @param begunNanos wall time at which the run began
   * @throws ViolationException if the run is checked and the books of the driver do not balance
   * @throws IllegalStateException if an actor failed, or if everything waits for something
   */
  Driven<F> drive(Load<F> load, VirtualOptions options, long begunNanos) {
    Behavior<ClientMessage> guardian =
        load.create(result -> figures = result, result -> paging = result);
    RunRecorder recorder = control.recorder();
    system =
        VirtualSystem.create(
            guardian, "ksgx", recorder == null ? options : options.withSink(recorder));
    frames = new FrameSeries(system.probe());
    try {
      if (control.checks()) {
        watch = new ConservationWatch(Inspection.of(system.system()));
      }
      RunResult end = system.runUntil(this::isOver).orThrow();
      if (figures == null) {
        throw new IllegalStateException(
            "the run came to rest before its window closed: " + end.outcome());
      }
      String digest = options.digest() ? system.digest() : null;
      long messages = system.messages();
      long wallNanos = System.nanoTime() - begunNanos;
      system.tell(LoadGuardian.ReadPaging.NOW);
      system.runUntil(this::hasPaging).orThrow();
      if (watch != null) {
        int waiting = checkEnd(messages);
        control.checked(watch.known(), waiting);
      }
      return new Driven<>(figures, messages, digest, wallNanos, paging, frames);
    } finally {
      system.close();
    }
  }

  private boolean hasPaging() {
    check();
    return paging != null;
  }

  private void check() {
    if (watch != null) {
      watch.afterMessage(system.nowNanos());
    }
  }

  /**
   * A load may go on for ever, and calls in progress have frames that are nobody's yet. It is
   * driven on, its figures being taken, until each of these frames has come to an owner or to the
   * pool, or nothing is left to happen.
   *
   * @return frames of which it is not known
   */
  private int checkEnd(long messages) {
    watch.atEnd(system.nowNanos(), false);
    watch.beginToFollow();
    long last = system.messages() + Math.max(messages, FOLLOWING_MESSAGES);
    RunResult end = system.runUntil(() -> hasArrived(last)).orThrow();
    boolean atRest = end.outcome() == Outcome.QUIESCENT;
    watch.atEnd(system.nowNanos(), atRest);
    return control.stopRequested() ? watch.following() : watch.endFollowing(system.nowNanos());
  }

  private boolean hasArrived(long lastMessage) {
    check();
    if (--untilLook > 0) {
      return false;
    }
    untilLook = STEPS_BETWEEN_LOOKS;
    return watch.follow() || system.messages() >= lastMessage || control.stopRequested();
  }

  private boolean isOver() {
    check();
    frames.step(system.nowNanos());
    if (figures == null && --untilLook == 0) {
      untilLook = STEPS_BETWEEN_LOOKS;
      control.progress(system.nowNanos(), system.messages());
      if (!stopSent && control.stopRequested()) {
        stopSent = true;
        system.tell(LoadGuardian.Stop.NOW);
      }
    }
    return figures != null;
  }
}
