package dev.ksgx.load.run;

import static dev.ksgx.load.run.MachineRows.micros;
import static dev.ksgx.load.run.MachineRows.rounded;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.Phase;
import dev.ksgx.load.statistics.Saturation;
import dev.ksgx.load.workload.WindowFigures;
import java.util.List;

/** Makes the report of a window's figures; numbers are rounded to what they are good for. */
final class ReportMaker {
  private final Scenario scenario;
  private final List<EnclaveImage> images;
  private final VirtualDrive.Driven<WindowFigures> driven;
  private final WindowFigures figures;
  private final LaunchFigures launches;
  private final MachineRows machine;

  ReportMaker(
      Scenario scenario, List<EnclaveImage> images, VirtualDrive.Driven<WindowFigures> driven) {
    this.scenario = scenario;
    this.images = images;
    this.driven = driven;
    this.figures = driven.figures();
    this.launches = figures.launches();
    this.machine = new MachineRows(figures.machine());
  }

  RunResult result() {
    boolean saturated =
        Saturation.saturated(scenario.load().arrivals(), launches, figures.machine().uses());
    Report report =
        new Report(
            scenario.load().seed(),
            scenario.config().getString("kernel.preset"),
            launches.windowNanos() / 1e9,
            rounded(driven.wallNanos() / 1e9, 3),
            driven.messages(),
            driven.digest(),
            saturated,
            new Report.Launches(
                launches.planned(),
                launches.succeeded(),
                launches.inFlight(),
                launches.notStarted(),
                launches.failed()),
            rounded(launches.offeredPerSecond(), 3),
            rounded(launches.achievedPerSecond(), 3),
            latency(launches.latency()),
            new Report.Phases(
                latency(launches.phases().get(Phase.CREATE)),
                latency(launches.phases().get(Phase.ADD)),
                latency(launches.phases().get(Phase.TOKEN)),
                latency(launches.phases().get(Phase.EINIT))),
            machine.binds(),
            machine.launchEnclave(),
            machine.cores(),
            machine.einit(),
            machine.epc(),
            new PagingReportMaker(driven.paging(), figures.machine(), driven.frames()).paging(),
            figures.partial() ? Boolean.TRUE : null);
    return new RunResult(scenario, images, report, launches, figures.machine().uses());
  }

  private static Report.Latency latency(Distribution distribution) {
    if (distribution.count() == 0) {
      return new Report.Latency(null, null, null, null, null, null, null);
    }
    return new Report.Latency(
        micros(distribution.meanNanos()),
        micros(distribution.percentileNanos(50)),
        micros(distribution.percentileNanos(90)),
        micros(distribution.percentileNanos(95)),
        micros(distribution.percentileNanos(99)),
        micros(distribution.percentileNanos(99.9)),
        micros(distribution.maxNanos()));
  }
}
