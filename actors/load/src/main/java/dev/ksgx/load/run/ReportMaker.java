package dev.ksgx.load.run;

import static dev.ksgx.load.run.MachineRows.micros;
import static dev.ksgx.load.run.MachineRows.rounded;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.Distribution;
import dev.ksgx.load.statistics.ImageLedger;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.Phase;
import dev.ksgx.load.statistics.Saturation;
import dev.ksgx.load.workload.WindowFigures;
import dev.ksgx.protocol.message.SwapperMessage.Share;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

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
            latency(launches.init()),
            machine.binds(),
            machine.launchEnclave(),
            lePaging(),
            einitNaps(),
            machine.cores(),
            machine.einit(),
            machine.epc(),
            new PagingReportMaker(driven.paging(), figures.machine(), driven.frames()).paging(),
            ofImages(),
            beside(),
            guests(),
            figures.partial() ? Boolean.TRUE : null);
    return new RunResult(scenario, images, report, launches, figures.machine().uses());
  }

  /** Whatever is paged and is nobody's of the load is the launch enclave's. */
  private Report.LePaging lePaging() {
    Set<Integer> ofLoad = new HashSet<>(figures.pids());
    figures.groups().forEach(group -> ofLoad.addAll(pids(group)));
    Distribution waits = launches.lePaging();
    return new Report.LePaging(
        sum(Share::evicted, pid -> !ofLoad.contains(pid)),
        sum(Share::loads, pid -> !ofLoad.contains(pid)),
        waits.count(),
        shareOfSucceeded(waits),
        micros(waits.sumNanos()),
        waits.count() == 0 ? null : (Double) micros(waits.maxNanos()));
  }

  private Report.EinitNaps einitNaps() {
    Distribution naps = launches.naps();
    return new Report.EinitNaps(naps.count(), shareOfSucceeded(naps), micros(naps.sumNanos()));
  }

  private Double shareOfSucceeded(Distribution some) {
    return launches.succeeded() == 0
        ? null
        : (Double) rounded((double) some.count() / launches.succeeded(), 6);
  }

  private Report.Guests guests() {
    WindowFigures.Guests guests = figures.guests();
    if (guests == null) {
      return null;
    }
    double allCores = (double) launches.windowNanos() * scenario.kernel().cores();
    return new Report.Guests(
        guests.einits(),
        micros(guests.coreNanos()),
        allCores == 0 ? 0 : rounded(guests.coreNanos() / allCores, 6));
  }

  /** Two shares of a mix may be of one name: they stay two. */
  private List<Report.OfImage> ofImages() {
    List<Report.OfImage> rows = new ArrayList<>();
    for (int i = 0; i < images.size() && images.size() > 1; i++) {
      ImageLedger.Figures ofImage = figures.images().get(i);
      rows.add(
          new Report.OfImage(
              images.get(i).name(),
              ofImage.planned(),
              ofImage.latency().count(),
              ofImage.failed(),
              latency(ofImage.latency())));
    }
    return rows;
  }

  private List<Report.Beside> beside() {
    List<Report.Beside> rows = new ArrayList<>();
    for (LifeFigures group : figures.groups()) {
      Set<Integer> pids = pids(group);
      rows.add(
          new Report.Beside(
              group.group(),
              LivesReportMaker.lives(group),
              group.touches(),
              sum(Share::evicted, pids::contains),
              sum(Share::loads, pids::contains),
              sum(Share::softFaults, pids::contains),
              sum(Share::hardFaults, pids::contains),
              sum(Share::refaults, pids::contains)));
    }
    return rows;
  }

  private static Set<Integer> pids(LifeFigures group) {
    return group.processes().stream().map(LifeFigures.OfProcess::pid).collect(Collectors.toSet());
  }

  private long sum(ToLongFunction<Share> what, IntPredicate pid) {
    return driven.paging().shares().stream()
        .filter(share -> pid.test(share.pid()))
        .mapToLong(what)
        .sum();
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
