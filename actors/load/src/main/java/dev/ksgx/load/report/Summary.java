package dev.ksgx.load.report;

import com.typesafe.config.Config;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.statistics.Breakdown;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.Phase;
import dev.ksgx.load.statistics.Verdict;
import java.util.Map;

/** The report for people: plain text in 80 columns, whose last line says what binds. */
public final class Summary {
  /** From this share of launches on that were open at the end the reader is told. */
  private static final double CUT_OFF_SHARE = 0.01;

  /** Fewer durations than this have no 99.9th percentile beside their maximum. */
  private static final long LEAST_FOR_P999 = 1000;

  /** Room for the name of an image and its indentation. */
  private static final int IMAGE_COLUMNS = 22;

  private final RunResult result;
  private final TextPage page = new TextPage(80);
  private final MachineText machine = new MachineText(page);

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
    ofImages();
    machine.resources(result.uses());
    machine.spent("time of a launch", Breakdown.coresAsOne(figures().spent()));
    page.line("");
    machine.counters(report().einit(), report().cores(), report().launchEnclave(), report().epc());
    machine.paging(report().paging());
    lePaging();
    einitNaps();
    report().beside().forEach(this::beside);
    guests();
    machine.deliveries(report().messages(), report().digest());
    Verdict verdict =
        new Verdict(
            report().saturated(),
            result.scenario().load().threads(),
            report().epc().ranShort(report().paging()));
    page.line("What binds: %s", verdict.inWords(result.uses()));
    return page.toString();
  }

  private void head() {
    Config config = result.scenario().config();
    page.wrapped(result.scenario().name() + ": " + result.scenario().description());
    if (report().partial() != null) {
      page.line(
          "PARTIAL: the run was stopped %s; figures are up to then.",
          report().virtualSeconds() == 0 ? "in the warm-up" : "before its end");
    }
    machine.machine(config, report().preset(), report().seed());
    for (EnclaveImage image : result.images()) {
      page.wrapped("  launches " + image);
    }
    page.line(
        "  measured %.3f s of virtual time, after %.3f s of warm-up; wall time %.1f s",
        report().virtualSeconds(), figures().openedNanos() / 1e9, report().wallSeconds());
    machine.costs(result.scenario().kernel().costs());
  }

  private void launches() {
    Report.Launches launches = report().launches();
    page.line(
        "launches   offered %,.1f/s   achieved %,.1f/s   %s",
        report().offeredPerSecond(),
        report().achievedPerSecond(),
        report().saturated() ? "SATURATED" : "not saturated");
    page.paragraph(
        "  planned %,d = succeeded %,d + failed %,d + in flight %,d + not started %,d",
        launches.requested(),
        launches.succeeded(),
        figures().failures(),
        launches.inFlight(),
        launches.notStarted());
    launches
        .failed()
        .forEach(
            (code, count) ->
                page.paragraph(
                    "  failed: %,d with %s: %s",
                    count, code, figures().checks().getOrDefault(code, "")));
    double meanInSystem =
        figures().windowNanos() == 0
            ? 0
            : (double) figures().inSystemIntegral() / figures().windowNanos();
    page.line(
        "  in the system: %.2f on average, %,d at the end",
        meanInSystem, figures().inSystemAtClosing());
    cutOff();
    page.line("");
  }

  /**
   * Long launches are the ones that the end of the window cuts off. A closed loop always has its
   * threads' launches open and none that pile up.
   */
  private void cutOff() {
    Report.Launches launches = report().launches();
    long open = launches.inFlight() + launches.notStarted();
    boolean openLoop = result.scenario().load().arrivals() != LoadPlan.Arrivals.CLOSED;
    if (openLoop && launches.succeeded() > 0 && open > CUT_OFF_SHARE * launches.requested()) {
      page.paragraph(
          "  latencies are of the %,d that succeeded before the end; the %,d still open then"
              + " take longer and are not in them",
          launches.succeeded(), open);
    }
  }

  private void latencies() {
    page.line(
        "%-13s%9s%9s%9s%9s%9s%9s%9s",
        "microseconds", "mean", "p50", "p90", "p95", "p99", "p99.9", "max");
    latency("launch", figures().latency());
    latency("  late start", figures().lateness());
    for (Map.Entry<Phase, Distribution> phase : figures().phases().entrySet()) {
      latency("  " + phase.getKey().label(), phase.getValue());
    }
    latency("INIT", figures().init());
    page.line("");
  }

  private void latency(String name, Distribution distribution) {
    if (distribution.count() == 0) {
      page.line("%-13s%9s", name, "-");
      return;
    }
    page.line(
        "%-13s%9s%9s%9s%9s%9s%9s%9s",
        name,
        TextPage.micros(distribution.meanNanos()),
        TextPage.micros(distribution.percentileNanos(50)),
        TextPage.micros(distribution.percentileNanos(90)),
        TextPage.micros(distribution.percentileNanos(95)),
        TextPage.micros(distribution.percentileNanos(99)),
        distribution.count() < LEAST_FOR_P999
            ? "-"
            : TextPage.micros(distribution.percentileNanos(99.9)),
        TextPage.micros(distribution.maxNanos()));
  }

  /** Nothing where there is one image. A long name has a line of its own. */
  private void ofImages() {
    if (report().images().isEmpty()) {
      return;
    }
    page.line(
        "%-22s%9s%9s%9s%9s%9s%9s", "image", "launches", "mean", "p50", "p90", "p99", "failed");
    for (Report.OfImage row : report().images()) {
      boolean fits = row.image().length() < IMAGE_COLUMNS - 2;
      if (!fits) {
        page.wrapped("  " + row.image());
      }
      Report.Latency latency = row.latencyMicros();
      page.line(
          "%-22s%,9d%9s%9s%9s%9s%,9d",
          fits ? "  " + row.image() : "",
          row.requested(),
          micros(latency.mean()),
          micros(latency.p50()),
          micros(latency.p90()),
          micros(latency.p99()),
          row.failed());
    }
    page.line("");
  }

  private static String micros(Double micros) {
    return micros == null ? "-" : TextPage.micros(micros * 1000);
  }

  /** Nothing where the launch enclave's pages stayed. */
  private void lePaging() {
    Report.LePaging pages = report().lePaging();
    if (pages.evictions() + pages.loads() + pages.inits() > 0) {
      page.paragraph(
          "LE pages   evicted %,d, loaded %,d; %,d launches waited for them, %.1f us in all",
          pages.evictions(), pages.loads(), pages.inits(), pages.waitMicros());
    }
  }

  private void einitNaps() {
    Report.EinitNaps naps = report().einitNaps();
    if (naps.launches() > 0) {
      page.paragraph(
          "EINIT naps %,d launches (%.2f %%) slept after 20 attempts that an interrupt ended",
          naps.launches(), 100 * naps.share());
    }
  }

  private void guests() {
    Report.Guests guests = report().guests();
    if (guests != null) {
      page.line(
          "guests     %,d EINITs, %.2f %% of the cores", guests.einits(), 100 * guests.coreShare());
    }
  }

  private void beside(Report.Beside group) {
    page.paragraph(
        "%s: %,d lives, of them %,d completed, %,d failed, %,d unfinished; pages touched %,d,"
            + " evicted %,d, loaded %,d; faults %,d soft, %,d hard, %,d in vain",
        "beside     " + group.group(),
        group.lives().planned(),
        group.lives().completed(),
        group.lives().failed().values().stream().mapToLong(Long::longValue).sum(),
        group.lives().unfinished(),
        group.touches(),
        group.evictions(),
        group.loads(),
        group.softFaults(),
        group.hardFaults(),
        group.refaults());
  }

  private Report report() {
    return result.report();
  }

  private LaunchFigures figures() {
    return result.launches();
  }
}
