package dev.ksgx.load.run;

import dev.ksgx.load.report.LivesResult;
import dev.ksgx.load.scenario.LivesPlan;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.LifeLaws;
import dev.ksgx.load.statistics.OperationalLaws;
import dev.ksgx.load.workload.LivesFigures;
import dev.ksgx.load.workload.LivesGuardian;
import dev.ksgx.runtime.virtual.VirtualOptions;

/** One run of a scenario of lives in virtual time, driven by the calling thread. */
public final class LivesRun {
  private LivesRun() {}

  /**
   * Runs a scenario until every group has ended, or to the end of its time.
   *
   * @param digest whether to keep the digest of all deliveries, which costs time
   * @throws IllegalArgumentException if the scenario asks for launches
   * @throws dev.ksgx.kernel.check.ViolationException if {@code control} asks for checks and the
   *     books of the driver do not balance
   * @throws LawViolation if the figures contradict each other
   * @throws IllegalStateException if an actor failed, or if everything waits for something
   */
  public static LivesResult run(Scenario scenario, boolean digest, RunControl control) {
    LivesPlan plan =
        scenario
            .lives()
            .orElseThrow(
                () -> new IllegalArgumentException(scenario.name() + " asks for launches"));
    long begun = System.nanoTime();
    VirtualDrive.Driven<LivesFigures> driven =
        new VirtualDrive<LivesFigures>(control)
            .drive(
                (finished, paging) ->
                    LivesGuardian.create(scenario.kernel(), plan, finished, paging),
                VirtualOptions.seed(plan.seed()).withDigest(digest),
                begun);
    LivesFigures figures = driven.figures();
    LawViolation.throwIf(
        LifeLaws.violation(figures.groups())
            .or(
                () ->
                    OperationalLaws.violationOf(
                        figures.machine().uses(), figures.machine().coresBusyNanos()))
            .or(() -> OperationalLaws.violationOf(figures.machine().resources()))
            .or(() -> driven.violation(figures.machine().epc().frames())));
    return new LivesReportMaker(scenario, plan, driven).result();
  }
}
