package dev.ksgx.load.run;

import static dev.ksgx.load.run.MachineRows.rounded;

import dev.ksgx.load.report.Paging;
import dev.ksgx.load.statistics.FrameSeries;
import dev.ksgx.load.statistics.Jain;
import dev.ksgx.load.workload.MachineFigures;
import dev.ksgx.load.workload.PagingFigures;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.protocol.message.SwapperMessage.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/** Makes the section on paging. */
final class PagingReportMaker {
  private static final int MOST = 50;

  private final PagingFigures figures;
  private final MachineFigures machine;
  private final FrameSeries series;

  PagingReportMaker(PagingFigures figures, MachineFigures machine, FrameSeries series) {
    this.figures = figures;
    this.machine = machine;
    this.series = series;
  }

  Paging paging() {
    MachineRows rows = new MachineRows(machine);
    return new Paging(
        sum(figures.shares(), Share::evicted),
        sum(figures.shares(), Share::loads),
        sum(figures.shares(), Share::softFaults),
        sum(figures.shares(), Share::hardFaults),
        sum(figures.shares(), Share::refaults),
        rows.sum(CoreMessage.Counters::tracks),
        rows.sum(CoreMessage.Counters::shootdowns),
        rows.sum(CoreMessage.Counters::exits),
        machine.versionArraysPeak(),
        reclaim(),
        frames(),
        shares(processes(figures.shares()), processesWithoutShare()),
        shares(
            figures.shares(),
            figures.untouched().values().stream().mapToLong(Long::longValue).sum()));
  }

  private Paging.Reclaim reclaim() {
    SwapperMessage.Counters counters = figures.swapper();
    long window = machine.windowNanos();
    return new Paging.Reclaim(
        counters.passes(),
        counters.emptyPasses(),
        counters.directPasses(),
        counters.evicted(),
        ratio(counters.evicted(), counters.passes()),
        ratio(counters.evictedDirectly(), counters.evicted()),
        counters.wakeUps(),
        window == 0 ? 0 : rounded((double) figures.swapperNanos() / window, 6));
  }

  private Paging.Frames frames() {
    int all = machine.epc().frames();
    List<Long> pages = new ArrayList<>();
    List<Long> versionArrays = new ArrayList<>();
    List<Long> secs = new ArrayList<>();
    List<Long> free = new ArrayList<>();
    for (FrameSeries.Point point : series.points()) {
      pages.add(point.pages());
      versionArrays.add(point.versionArrays());
      secs.add(point.secs());
      free.add(all - point.pages() - point.versionArrays() - point.secs());
    }
    return new Paging.Frames(series.everyNanos() / 1e3, pages, versionArrays, secs, free);
  }

  /** The enclaves of each process as one. */
  private static List<Share> processes(List<Share> enclaves) {
    TreeMap<Integer, List<Share>> byPid = new TreeMap<>();
    for (Share share : enclaves) {
      byPid.computeIfAbsent(share.pid(), pid -> new ArrayList<>()).add(share);
    }
    List<Share> processes = new ArrayList<>();
    byPid.forEach(
        (pid, shares) ->
            processes.add(
                new Share(
                    pid,
                    0,
                    sum(shares, Share::evicted),
                    sum(shares, Share::loads),
                    sum(shares, Share::softFaults),
                    sum(shares, Share::hardFaults),
                    sum(shares, Share::refaults))));
    return processes;
  }

  /** Processes whose enclaves are all gone, and were never touched by paging. */
  private long processesWithoutShare() {
    Set<Integer> known = new TreeSet<>();
    figures.shares().forEach(share -> known.add(share.pid()));
    return figures.untouched().keySet().stream().filter(pid -> !known.contains(pid)).count();
  }

  /**
   * @param untouched others of which nothing is to be told but that they were there
   */
  private static Paging.Shares shares(List<Share> shares, long untouched) {
    long evicted = sum(shares, Share::evicted);
    double jain = Jain.index(untouched, shares.stream().mapToDouble(Share::evicted).toArray());
    List<Paging.Share> most =
        shares.stream()
            .filter(share -> !share.isUntouched())
            .sorted(Comparator.comparingLong(Share::evicted).reversed())
            .limit(MOST)
            .map(
                share ->
                    new Paging.Share(
                        share.pid(),
                        share.enclave(),
                        share.evicted(),
                        ratio(share.evicted(), evicted),
                        share.loads(),
                        share.softFaults(),
                        share.hardFaults(),
                        share.refaults()))
            .toList();
    return new Paging.Shares(
        shares.size() + untouched, Double.isNaN(jain) ? null : (Double) rounded(jain, 6), most);
  }

  private static long sum(List<Share> shares, ToLongFunction<Share> what) {
    return shares.stream().mapToLong(what).sum();
  }

  private static Double ratio(long part, long whole) {
    return whole == 0 ? null : (Double) rounded((double) part / whole, 6);
  }
}
