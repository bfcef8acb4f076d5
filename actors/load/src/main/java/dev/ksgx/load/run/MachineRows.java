package dev.ksgx.load.run;

import dev.ksgx.load.report.Report;
import dev.ksgx.load.statistics.Use;
import dev.ksgx.load.workload.MachineFigures;
import dev.ksgx.protocol.message.CoreMessage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** What a report says of machine and driver; numbers are rounded to what they are good for. */
final class MachineRows {
  private static final String LAUNCH_ENCLAVE = "launch-enclave";

  private final MachineFigures figures;

  MachineRows(MachineFigures figures) {
    this.figures = figures;
  }

  List<Report.Binding> binds() {
    return figures.uses().stream().map(MachineRows::binding).toList();
  }

  Report.LaunchEnclave launchEnclave() {
    Report.Binding use =
        figures.uses().stream()
            .filter(row -> row.resource().equals(LAUNCH_ENCLAVE))
            .map(MachineRows::binding)
            .findFirst()
            .orElse(new Report.Binding(LAUNCH_ENCLAVE, 0, 0, 0, 0));
    return new Report.LaunchEnclave(
        figures.tokens(), use.utilisation(), use.meanQueue(), use.maxQueue(), figures.coldStarts());
  }

  List<Report.CoreUse> cores() {
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

  Report.Einit einit() {
    return new Report.Einit(
        sum(CoreMessage.Counters::einits),
        sum(CoreMessage.Counters::einitRetries),
        sum(CoreMessage.Counters::wastedCycles));
  }

  Report.EpcUse epc() {
    return new Report.EpcUse(figures.epc().frames(), figures.epc().peakUsed());
  }

  /** A counter over all cores. */
  long sum(ToLongFunction<CoreMessage.Counters> counter) {
    return figures.cores().stream().mapToLong(counter).sum();
  }

  private double busyShare(int core) {
    long window = figures.windowNanos();
    return window == 0 ? 0 : (double) figures.coresBusyNanos().get(core) / window;
  }

  private static Report.Binding binding(Use use) {
    return new Report.Binding(
        use.resource(),
        rounded(use.utilisation(), 6),
        rounded(use.meanQueue(), 6),
        use.maxQueue(),
        rounded(use.waitNanos() / 1e3, 3));
  }

  static double micros(double nanos) {
    return rounded(nanos / 1e3, 3);
  }

  static double rounded(double value, int decimals) {
    return BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
  }
}
