package dev.ksgx.load.report;

import com.typesafe.config.Config;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.Phase;
import dev.ksgx.load.statistics.Use;
import dev.ksgx.load.statistics.Verdict;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The report for people: plain text in 80 columns, whose last line says what binds. */
public final class Summary {
  private static final int COLUMNS = 80;
  private static final int REASONS = 6;

  /** From this share of launches on that were open at the end the reader is told. */
  private static final double CUT_OFF_SHARE = 0.01;

  /** Fewer durations than this have no 99.9th percentile beside their maximum. */
  private static final long LEAST_FOR_P999 = 1000;

  private static final List<Cost> LAUNCH_SIDE = List.of(Cost.EINIT, Cost.EINIT_TOKEN, Cost.EGETKEY);

  private final RunResult result;
  private final StringBuilder text = new StringBuilder();

  private Summary(RunResult result) {
    this.result = result;
  }

  /** The summary, each line ended by a line feed. */
  public static String of(RunResult result) {
    return new Summary(result).write();
  }

  private String write() {
    head();
    launches();
    latencies();
    resources();
    counters();
    Verdict verdict =
        new Verdict(
            report().saturated(),
            result.scenario().load().threads(),
            report().epc().peakUsed() == report().epc().frames());
    line("What binds: %s", verdict.inWords(result.uses()));
    return text.toString();
  }

  private void head() {
    Config config = result.scenario().config();
    wrapped(result.scenario().name() + ": " + result.scenario().description());
    if (report().partial() != null) {
      line(
          "PARTIAL: the run was stopped %s; figures are up to then.",
          report().virtualSeconds() == 0 ? "in the warm-up" : "before its end");
    }
    line(
        "  preset %s, %s cores at %s GHz, %s MiB EPC, seed %d",
        report().preset(),
        config.getString("machine.cores"),
        config.getString("machine.ghz"),
        config.getString("machine.epc-mib"),
        report().seed());
    for (EnclaveImage image : result.images()) {
      wrapped("  launches " + image);
    }
    line(
        "  measured %.3f s of virtual time, after %.3f s of warm-up; wall time %.1f s",
        report().virtualSeconds(), figures().openedNanos() / 1e9, report().wallSeconds());
    costs(result.scenario().kernel().costs());
    line("");
  }

  private void costs(CostModel costs) {
    boolean recalled =
        LAUNCH_SIDE.stream().anyMatch(cost -> "MS".indexOf(costs.provenance(cost)) < 0);
    long measured =
        Arrays.stream(Cost.values()).filter(cost -> costs.provenance(cost) == 'M').count();
    wrapped(
        "  costs: model "
            + costs.name()
            + (measured == 0 ? "" : ", " + measured + " of them measured by its maker")
            + (recalled ? "; launch-side leaf costs are recalled, not measured" : ""));
  }

  private void launches() {
    Report.Launches launches = report().launches();
    line(
        "launches   offered %,.1f/s   achieved %,.1f/s   %s",
        report().offeredPerSecond(),
        report().achievedPerSecond(),
        report().saturated() ? "SATURATED" : "not saturated");
    wrapped(
        String.format(
            Locale.ROOT,
            "  planned %,d = succeeded %,d + failed %,d + in flight %,d + not started %,d",
            launches.requested(),
            launches.succeeded(),
            figures().failures(),
            launches.inFlight(),
            launches.notStarted()));
    launches
        .failed()
        .forEach(
            (code, count) ->
                wrapped(
                    String.format(
                        Locale.ROOT,
                        "  failed: %,d with %s: %s",
                        count,
                        code,
                        figures().checks().getOrDefault(code, ""))));
    double meanInSystem =
        figures().windowNanos() == 0
            ? 0
            : (double) figures().inSystemIntegral() / figures().windowNanos();
    line(
        "  in the system: %.2f on average, %,d at the end",
        meanInSystem, figures().inSystemAtClosing());
    cutOff();
    line("");
  }

  /**
   * Long launches are the ones that the end of the window cuts off. A closed loop always has its
   * threads' launches open and none that pile up.
   */
  private void cutOff() {
    Report.Launches launches = report().launches();
    long open = launches.inFlight() + launches.notStarted();
    boolean openLoop = result.scenario().load().arrivals() == LoadPlan.Arrivals.POISSON;
    if (openLoop && launches.succeeded() > 0 && open > CUT_OFF_SHARE * launches.requested()) {
      wrapped(
          String.format(
              Locale.ROOT,
              "  latencies are of the %,d that succeeded before the end; the %,d still open then"
                  + " take longer and are not in them",
              launches.succeeded(),
              open));
    }
  }

  private void latencies() {
    line(
        "%-13s%9s%9s%9s%9s%9s%9s%9s",
        "microseconds", "mean", "p50", "p90", "p95", "p99", "p99.9", "max");
    latency("launch", figures().latency());
    latency("  late start", figures().lateness());
    for (Map.Entry<Phase, Distribution> phase : figures().phases().entrySet()) {
      latency("  " + phase.getKey().label(), phase.getValue());
    }
    line("");
  }

  private void latency(String name, Distribution distribution) {
    if (distribution.count() == 0) {
      line("%-13s%9s", name, "-");
      return;
    }
    line(
        "%-13s%9s%9s%9s%9s%9s%9s%9s",
        name,
        micros(distribution.meanNanos()),
        micros(distribution.percentileNanos(50)),
        micros(distribution.percentileNanos(90)),
        micros(distribution.percentileNanos(95)),
        micros(distribution.percentileNanos(99)),
        distribution.count() < LEAST_FOR_P999 ? "-" : micros(distribution.percentileNanos(99.9)),
        micros(distribution.maxNanos()));
  }

  private void resources() {
    line(
        "%-18s%9s%12s%12s%12s%14s",
        "resource", "busy %", "mean queue", "max queue", "wait us", "grants");
    for (Use use : result.uses()) {
      line(
          "%-18s%9.1f%12.3f%,12d%12s%,14d%s",
          "  " + use.resource(),
          100 * use.utilisation(),
          use.meanQueue(),
          use.maxQueue(),
          use.served() == 0 ? "-" : micros(use.waitNanos()),
          use.served(),
          use.shared() ? "" : " *");
    }
    if (result.uses().stream().anyMatch(use -> !use.shared())) {
      line("  * comes and goes with an enclave: busy share of its lifetime");
    }
    spent();
    line("");
  }

  /** Where the time of the launches that succeeded went, the largest shares first. */
  private void spent() {
    long total = figures().spent().values().stream().mapToLong(Long::longValue).sum();
    if (total == 0) {
      return;
    }
    wrapped(
        "  time of a launch: "
            + figures().spent().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(REASONS)
                .map(
                    entry ->
                        String.format(
                            Locale.ROOT,
                            "%s %.1f%%",
                            entry.getKey().replace(":", " "),
                            100.0 * entry.getValue() / total))
                .collect(Collectors.joining(", ")));
  }

  private void counters() {
    List<Report.CoreUse> cores = report().cores();
    line(
        "EINIT      attempts %,d   retries %,d   wasted %,d cycles",
        report().einit().attempts(), report().einit().retries(), report().einit().wastedCycles());
    line(
        "cores      MSR writes %,d   interrupts %,d",
        cores.stream().mapToLong(Report.CoreUse::msrWrites).sum(),
        cores.stream().mapToLong(Report.CoreUse::interrupts).sum());
    line(
        "LE         tokens %,d   cold starts since boot %,d",
        report().launchEnclave().requests(), report().launchEnclave().coldStarts());
    line(
        "EPC        %,d frames, at most %,d in use",
        report().epc().frames(), report().epc().peakUsed());
    line("messages   %,d", report().messages());
    if (report().digest() != null) {
      line("digest     %s", report().digest());
    }
    line("");
  }

  private Report report() {
    return result.report();
  }

  private LaunchFigures figures() {
    return result.launches();
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  /** A paragraph broken at blanks; further lines are indented. */
  private void wrapped(String paragraph) {
    int column = 0;
    for (String word : paragraph.split("(?<=\\S) ")) {
      if (column > 0 && column + 1 + word.length() > COLUMNS) {
        text.append("\n    ");
        column = 4;
      } else if (column > 0) {
        text.append(' ');
        column++;
      }
      text.append(word);
      column += word.length();
    }
    text.append('\n');
  }

  private static String micros(double nanos) {
    double micros = nanos / 1000;
    return String.format(Locale.ROOT, micros < 1e6 ? "%.1f" : "%.0f", micros);
  }
}
