package dev.ksgx.load.run;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.Phase;
import dev.ksgx.load.statistics.Saturation;
import dev.ksgx.load.statistics.Use;
import dev.ksgx.load.workload.WindowFigures;
import dev.ksgx.protocol.message.CoreMessage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Makes the report of a window's figures; numbers are rounded to what they are good for. */
final class ReportMaker {
  private static final String LAUNCH_ENCLAVE = "launch-enclave";

  private final Scenario scenario;
  private final List<EnclaveImage> images;
  private final WindowFigures figures;
  private final LaunchFigures launches;

  ReportMaker(Scenario scenario, List<EnclaveImage> images, WindowFigures figures) {
    this.scenario = scenario;
    this.images = images;
    this.figures = figures;
    this.launches = figures.launches();
  }

  /**
   * The result.
   *
   * @param wallNanos time the run took
   * @param messages messages delivered
   * @param digest of all deliveries, or null
   */
  RunResult result(long wallNanos, long messages, String digest) {
    boolean saturated = Saturation.saturated(scenario.load().arrivals(), launches, figures.uses());
    Report report =
        new Report(
            scenario.load().seed(),
            scenario.config().getString("kernel.preset"),
            launches.windowNanos() / 1e9,
            rounded(wallNanos / 1e9, 3),
            messages,
            digest,
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
            figures.uses().stream().map(ReportMaker::binding).toList(),
            launchEnclave(),
            cores(),
            new Report.Einit(
                sum(CoreMessage.Counters::einits),
                sum(CoreMessage.Counters::einitRetries),
                sum(CoreMessage.Counters::wastedCycles)),
            new Report.EpcUse(figures.epc().frames(), figures.epc().peakUsed()),
            figures.partial() ? Boolean.TRUE : null);
    return new RunResult(scenario, images, report, launches, figures.uses());
  }

  private static Report.Binding binding(Use use) {
    return new Report.Binding(
        use.resource(),
        rounded(use.utilisation(), 6),
        rounded(use.meanQueue(), 6),
        use.maxQueue(),
        rounded(use.waitNanos() / 1e3, 3));
  }

  private Report.LaunchEnclave launchEnclave() {
    Report.Binding use =
        figures.uses().stream()
            .filter(row -> row.resource().equals(LAUNCH_ENCLAVE))
            .map(ReportMaker::binding)
            .findFirst()
            .orElse(new Report.Binding(LAUNCH_ENCLAVE, 0, 0, 0, 0));
    return new Report.LaunchEnclave(
        figures.tokens(), use.utilisation(), use.meanQueue(), use.maxQueue(), figures.coldStarts());
  }

  private List<Report.CoreUse> cores() {
    List<Report.CoreUse> rows = new ArrayList<>();
    for (CoreMessage.Counters core : figures.cores()) {
      rows.add(
          new Report.CoreUse(
              rounded(busyShare(core.core()), 6),
              core.einits(),
              core.msrWrites(),
              core.interrupts()));
    }
    return rows;
  }

  private double busyShare(int core) {
    long window = launches.windowNanos();
    return window == 0 ? 0 : (double) figures.coresBusyNanos().get(core) / window;
  }

  private long sum(java.util.function.ToLongFunction<CoreMessage.Counters> counter) {
    return figures.cores().stream().mapToLong(counter).sum();
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

  private static double micros(double nanos) {
    return rounded(nanos / 1e3, 3);
  }

  private static double rounded(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
  }
}
