package dev.ksgx.cli;

import dev.ksgx.load.faults.FaultTable;
import dev.ksgx.load.faults.FaultText;
import dev.ksgx.load.page.ReportPage;
import dev.ksgx.load.report.Outcome;
import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.study.Assertion;
import dev.ksgx.load.study.JunitXml;
import dev.ksgx.load.study.StudyFiles;
import dev.ksgx.load.study.StudyReport;
import dev.ksgx.load.study.StudyResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Where {@code run --out} and {@code compare --out} leave their results. */
final class ResultFolder {
  /** What a run leaves behind. */
  static final List<String> RUN = List.of("results.json", "summary.txt", "latency.hlog");

  /** What a study or a table of faults leaves behind, beside the assertions' {@code junit.xml}. */
  static final List<String> STUDY =
      List.of("results.json", "results.csv", "latencies.hlog", "summary.txt", "report.html");

  private final Path folder;

  private ResultFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * The folder, made before the run is paid for.
   *
   * @param names of the files that will be written there
   * @param taken files that none of them may replace
   * @throws BadInput if it cannot be made, nothing can be written there, or one of the files is
   *     taken
   */
  static ResultFolder made(Path folder, List<String> names, Collection<Path> taken)
      throws IOException {
    for (String name : names) {
      for (Path file : taken) {
        if (NewFile.isSame(folder.resolve(name), file)) {
          throw new BadInput(
              file + ": --out " + folder + " would write its " + name + " there; name another");
        }
      }
    }
    return made(folder);
  }

  /**
   * A folder for files of other names.
   *
   * @throws BadInput if it cannot be made, or nothing can be written there
   */
  static ResultFolder made(Path folder) {
    Path nearest = folder.toAbsolutePath();
    while (nearest != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    if (nearest == null || !Files.isDirectory(nearest)) {
      throw new BadInput(nearest + ": is not a directory; --out must name one");
    }
    if (!Files.isWritable(nearest)) {
      throw new BadInput(nearest + ": cannot be written to; check its permissions");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new BadInput(folder + ": cannot be made; nothing can be made in " + nearest, e);
    }
    return new ResultFolder(folder);
  }

  void write(Outcome result) throws IOException {
    write("results.json", ReportJson.pretty(result.report()) + "\n");
    write("summary.txt", result.summary());
    write("latency.hlog", result.histogramLog());
  }

  /**
   * What a study leaves behind.
   *
   * @param verdicts on assertions; none: there is no file of them
   * @param pages of slowest launches ({@link ReportPage#html(StudyReport, Map)})
   */
  void write(
      StudyResult result,
      StudyReport report,
      String text,
      List<Assertion.Verdict> verdicts,
      Map<Integer, Map<Integer, String>> pages)
      throws IOException {
    write("results.json", StudyFiles.json(report));
    write("results.csv", StudyFiles.csv(report));
    write("latencies.hlog", result.histogramLog());
    write("summary.txt", text);
    write("report.html", ReportPage.html(report, pages));
    if (verdicts.isEmpty()) {
      // One of an earlier run would pass for this one's.
      Files.deleteIfExists(folder.resolve("junit.xml"));
    } else {
      write("junit.xml", JunitXml.of(verdicts));
    }
  }

  /** What a table of faults leaves behind. */
  void write(FaultTable table) throws IOException {
    write("results.json", ReportJson.pretty(table) + "\n");
    write("summary.txt", FaultText.of(table));
  }

  private void write(String name, String content) throws IOException {
    NewFile.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
  }
}
