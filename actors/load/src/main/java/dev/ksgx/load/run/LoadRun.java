package dev.ksgx.load.run;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.LifeLaws;
import dev.ksgx.load.statistics.OperationalLaws;
import dev.ksgx.load.workload.LoadGuardian;
import dev.ksgx.load.workload.Targets;
import dev.ksgx.load.workload.WindowFigures;
import dev.ksgx.runtime.virtual.VirtualOptions;
import java.util.List;

/** One run of a scenario of launches in virtual time, driven by the calling thread. */
public final class LoadRun {
  private LoadRun() {}

  /**
   * Runs a scenario with enclaves that take the place of its own, in turn; see {@link
   * #run(Scenario, Targets, boolean, RunControl)}.
   */
  public static RunResult run(
      Scenario scenario, List<SignedEnclave> targets, boolean digest, RunControl control) {
    return run(scenario, Targets.inTurn(targets), digest, control);
  }

  /**
   * Runs a scenario to the end of its window.
   *
   * @param targets what is launched
   * @param digest whether to keep the digest of all deliveries, which costs time
   * @throws dev.ksgx.kernel.check.ViolationException if {@code control} asks for checks and the
   *     books of the driver do not balance
   * @throws LawViolation if the figures contradict each other
   * @throws IllegalStateException if an actor failed, or if everything waits for something
   */
  public static RunResult run(
      Scenario scenario, Targets targets, boolean digest, RunControl control) {
    long begun = System.nanoTime();
    VirtualDrive.Driven<WindowFigures> driven =
        new VirtualDrive<WindowFigures>(control)
            .drive(
                (finished, paging) ->
                    LoadGuardian.create(
                        scenario.kernel(), scenario.load(), targets, finished, paging),
                VirtualOptions.seed(scenario.load().seed()).withDigest(digest),
                begun);
    WindowFigures figures = driven.figures();
    LawViolation.throwIf(
        OperationalLaws.violation(
                figures.launches(),
                figures.machine().uses(),
                figures.machine().coresBusyNanos(),
                figures.tokenService())
            .or(() -> LifeLaws.violation(figures.groups()))
            .or(() -> OperationalLaws.violationOf(figures.machine().resources()))
            .or(() -> driven.violation(figures.machine().epc().frames())));
    List<EnclaveImage> images =
        targets.choices().stream().map(choice -> choice.signed().get(0).image()).toList();
    return new ReportMaker(scenario, images, driven).result();
  }
}
