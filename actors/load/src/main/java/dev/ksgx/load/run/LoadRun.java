package dev.ksgx.load.run;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.OperationalLaws;
import dev.ksgx.load.workload.LoadGuardian;
import dev.ksgx.load.workload.WindowFigures;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.List;

/** One run of a scenario in virtual time, driven by the calling thread. */
public final class LoadRun {
  /** Steps between two looks at the outside world. */
  private static final int STEPS_BETWEEN_LOOKS = 10_000;

  private final RunControl control;
  private VirtualSystem<ClientMessage> system;
  private WindowFigures figures;
  private boolean stopSent;
  private int untilLook = STEPS_BETWEEN_LOOKS;

  private LoadRun(RunControl control) {
    this.control = control;
  }

  /**
   * Runs a scenario to the end of its window.
   *
   * @param targets what is launched, in turn
   * @param digest whether to keep the digest of all deliveries, which costs time
   * @throws LawViolation if the figures contradict each other
   * @throws IllegalStateException if an actor failed, or if everything waits for something
   */
  public static RunResult run(
      Scenario scenario, List<SignedEnclave> targets, boolean digest, RunControl control) {
    return new LoadRun(control).run(scenario, targets, digest);
  }

  private RunResult run(Scenario scenario, List<SignedEnclave> targets, boolean digest) {
    long begun = System.nanoTime();
    VirtualOptions options = VirtualOptions.seed(scenario.load().seed()).withDigest(digest);
    system =
        VirtualSystem.create(
            LoadGuardian.create(
                scenario.kernel(), scenario.load(), targets, result -> figures = result),
            "ksgx",
            options);
    try {
      dev.ksgx.runtime.virtual.RunResult end = system.runUntil(this::isOver).orThrow();
      if (figures == null) {
        throw new IllegalStateException(
            "the run came to rest before its window closed: " + end.outcome());
      }
      OperationalLaws.violation(
              figures.launches(), figures.uses(), figures.coresBusyNanos(), figures.tokenService())
          .or(() -> OperationalLaws.violationOf(figures.resources()))
          .ifPresent(
              violation -> {
                throw new LawViolation(violation);
              });
      List<EnclaveImage> images = targets.stream().map(SignedEnclave::image).toList();
      ReportMaker maker = new ReportMaker(scenario, images, figures);
      String hex = digest ? system.digest() : null;
      return maker.result(System.nanoTime() - begun, system.messages(), hex);
    } finally {
      system.close();
    }
  }

  private boolean isOver() {
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
