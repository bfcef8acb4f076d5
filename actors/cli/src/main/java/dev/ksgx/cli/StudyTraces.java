package dev.ksgx.cli;

import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.study.SlowRun;
import dev.ksgx.load.study.SlowRuns;
import dev.ksgx.load.study.StudyReport;
import dev.ksgx.trace.page.InspectorPage;
import dev.ksgx.trace.page.Scene;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.record.Only;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The traces of a study: a folder with a log for each run that has launches in a table of the
 * slowest, of these launches alone, and an index; and a page of each, if there is a report to link
 * them.
 */
final class StudyTraces implements SlowRuns.Keeper {
  private static final String PAGES = "trace";

  /**
   * A log of the index.
   *
   * @param log its file in the folder
   * @param page in the folder of the report; null if there is none
   */
  record Entry(
      String log,
      String page,
      String design,
      Map<String, String> at,
      int replication,
      long seed,
      List<Slow> launches) {}

  /** What is in the folder. */
  private record Index(List<Entry> logs) {}

  /** A launch of a log; latency in microseconds. */
  record Slow(long launch, double latency) {}

  private final Path folder;
  private final Path report;
  private final Map<SlowRun, TraceRecorder> recorders = new ConcurrentHashMap<>();
  private final Map<SlowRun, Entry> entries = new ConcurrentHashMap<>();

  /**
   * @param folder for the logs
   * @param report folder of the report; null if there is none
   * @throws BadInput if one of them cannot be made
   */
  StudyTraces(Path folder, Path report) {
    this.folder = folder;
    this.report = report;
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new BadInput(folder + ": is a file; compare --trace writes a folder of traces");
    }
    ResultFolder.made(folder);
    if (report != null) {
      ResultFolder.made(report.resolve(PAGES));
    }
  }

  @Override
  public RunControl begin(SlowRun run, RunControl watch) throws IOException {
    List<Long> numbers = run.launches().stream().map(StudyReport.Slow::launch).toList();
    TraceRecorder recorder =
        TraceRecorder.to(
            log(run),
            TraceOptions.everything()
                .withOnly(Only.launches(numbers))
                .withNote("scenario", run.plan().scenario().name())
                .withNote("design", run.plan().design().name())
                .withNote("at", run.plan().at().toString())
                .withNote("seed", Long.toString(run.seed())));
    recorders.put(run, recorder);
    return watch.recordedBy(recorder);
  }

  private Path log(SlowRun run) {
    return folder.resolve(run.name() + ".trace");
  }

  @Override
  public void end(SlowRun run) throws IOException {
    recorders.remove(run).close();
    try (TraceStore store = TraceStore.open(log(run), Progress.NONE)) {
      List<Request> requests = new ArrayList<>();
      for (StudyReport.Slow slow : run.launches()) {
        requests.add(recorded(store, run, slow));
      }
      String page = report == null ? null : page(store, run, requests);
      List<Slow> launches =
          run.launches().stream().map(slow -> new Slow(slow.launch(), slow.latency())).toList();
      entries.put(
          run,
          new Entry(
              log(run).getFileName().toString(),
              page,
              run.plan().design().name(),
              run.plan().at(),
              run.replication(),
              run.seed(),
              launches));
    }
  }

  /** The launch, which took as long as the first time: a run is made again exactly. */
  private static Request recorded(TraceStore store, SlowRun run, StudyReport.Slow slow) {
    Request request =
        new Requests(store)
            .numbered(slow.launch())
            .orElseThrow(
                () -> new IllegalStateException(differs(run, slow) + "does not end this time"));
    if (request.latencyNanos() != SlowRun.latencyNanos(slow)) {
      throw new IllegalStateException(
          differs(run, slow) + "takes " + request.latencyNanos() + " ns this time");
    }
    return request;
  }

  private static String differs(SlowRun run, StudyReport.Slow slow) {
    return "%s: launch %d took %d ns, and in a second run with the same seed "
        .formatted(run.name(), slow.launch(), SlowRun.latencyNanos(slow));
  }

  private String page(TraceStore store, SlowRun run, List<Request> requests) throws IOException {
    String name = PAGES + "/" + run.name() + ".html";
    String title =
        "%s, replication %d: %s"
            .formatted(run.plan().design().name(), run.replication(), Scene.of(requests).title());
    String page = InspectorPage.html(store, new Scene(title, requests, null, null));
    NewFile.write(report.resolve(name), page.getBytes(StandardCharsets.UTF_8));
    return name;
  }

  /** Pages by index of the point and number of the replication, as the report links them. */
  Map<Integer, Map<Integer, String>> pages() {
    Map<Integer, Map<Integer, String>> pages = new TreeMap<>();
    entries.forEach(
        (run, entry) ->
            pages
                .computeIfAbsent(run.point(), point -> new TreeMap<>())
                .put(run.replication(), entry.page()));
    return pages;
  }

  /** Writes the index of those that there are; tells how many and how large they are. */
  String finish(List<SlowRun> runs) throws IOException {
    List<Entry> index = runs.stream().map(entries::get).filter(entry -> entry != null).toList();
    NewFile.write(
        folder.resolve("index.json"),
        (ReportJson.pretty(new Index(index)) + "\n").getBytes(StandardCharsets.UTF_8));
    long bytes = 0;
    for (Entry entry : index) {
      bytes += Files.size(folder.resolve(entry.log()));
    }
    int launches = index.stream().mapToInt(entry -> entry.launches().size()).sum();
    return String.format(
        Locale.ROOT,
        "trace: the %,d slowest launches, from %,d runs, in %s (%,d MB)",
        launches,
        index.size(),
        folder,
        Math.round(bytes / 1e6));
  }
}
