package dev.ksgx.load.run;

import akka.actor.typed.Behavior;
import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.check.ViolationException;
import dev.ksgx.load.workload.LoadGuardian;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.runtime.virtual.RunResult;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.function.Consumer;
import java.util.function.Function;

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
   */
  record Driven<F>(F figures, long messages, String digest, long wallNanos) {}

  /** Steps between two looks at the outside world. */
  private static final int STEPS_BETWEEN_LOOKS = 10_000;

  private final RunControl control;
  private VirtualSystem<ClientMessage> system;
  private ConservationWatch watch;
  private F figures;
  private boolean stopSent;
  private int untilLook = STEPS_BETWEEN_LOOKS;

  VirtualDrive(RunControl control) {
    this.control = control;
  }

  /**
   * Drives the load on the calling thread.
   *
   * @param guardian makes the load from who is to hear of its figures
   * @param begunNanos wall time at which the run began
   * @throws ViolationException if the run is checked and the books of the driver do not balance
   * @throws IllegalStateException if an actor failed, or if everything waits for something
   */
  Driven<F> drive(
      Function<Consumer<F>, Behavior<ClientMessage>> guardian,
      VirtualOptions options,
      long begunNanos) {
    system = VirtualSystem.create(guardian.apply(result -> figures = result), "ksgx", options);
    try {
      if (control.checks()) {
        watch = new ConservationWatch(Inspection.of(system.system()));
      }
      RunResult end = system.runUntil(this::isOver).orThrow();
      if (figures == null) {
        throw new IllegalStateException(
            "the run came to rest before its window closed: " + end.outcome());
      }
      if (watch != null) {
        watch.atEnd(system.nowNanos(), false);
        control.checked(watch.known());
      }
      String digest = options.digest() ? system.digest() : null;
      return new Driven<>(figures, system.messages(), digest, System.nanoTime() - begunNanos);
    } finally {
      system.close();
    }
  }

  private boolean isOver() {
    if (watch != null) {
      watch.afterMessage(system.nowNanos());
    }
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
