package dev.ksgx.load.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ksgx.load.report.ReportJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The report of a study as files, and read back from one. Same report, same bytes. */
public final class StudyFiles {
  private static final int FORMAT = 1;
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  private StudyFiles() {}

  /** {@code results.json}. */
  public static String json(StudyReport report) {
    return ReportJson.pretty(report) + "\n";
  }

  /**
   * A report that {@link #json} wrote.
   *
   * @throws IllegalArgumentException if it is none, or one of another layout
   */
  public static StudyReport read(JsonNode json) {
    if (json.path("format").asInt() != FORMAT) {
      throw new IllegalArgumentException(
          "has format " + json.path("format") + "; this version reads format " + FORMAT);
    }
    if (!json.has("version")) {
      // Reports of the first versions did not say it.
      json = ((ObjectNode) json.deepCopy()).put("version", "not said");
    }
    try {
      return MAPPER.treeToValue(json, StudyReport.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("is no report of a study: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * {@code results.csv}: a line a point below a line of names. Times are microseconds; a cell is
   * empty where nothing can be said.
   */
  public static String csv(StudyReport report) {
    List<String> header = new ArrayList<>(List.of("design"));
    report.axes().forEach(axis -> header.add(axis.key()));
    header.addAll(
        List.of(
            "replications",
            "launches",
            "saturated",
            "binds",
            "binds_utilisation",
            "offered_per_second",
            "offered_half_width",
            "achieved_per_second",
            "achieved_half_width"));
    for (String name : List.of("mean", "p50", "p90", "p95", "p99", "p999")) {
      header.add(name + "_us");
      header.add(name + "_half_width_us");
    }
    header.addAll(
        List.of("failed", "einit_attempts", "einit_retries", "wasted_cycles", "msr_writes"));
    StringBuilder csv = new StringBuilder();
    row(csv, header);
    report.points().forEach(point -> row(csv, cells(report, point)));
    return csv.toString();
  }

  private static List<String> cells(StudyReport report, StudyReport.Point point) {
    List<String> cells = new ArrayList<>(List.of(point.design()));
    report.axes().forEach(axis -> cells.add(point.at().get(axis.key())));
    cells.add(String.valueOf(point.replications()));
    cells.add(String.valueOf(point.launches()));
    cells.add(String.valueOf(point.saturated()));
    cells.add(point.binds());
    cells.add(String.valueOf(point.bindsUtilisation()));
    add(cells, point.offeredPerSecond());
    add(cells, point.achievedPerSecond());
    StudyReport.Latency latency =
        point.latency() == null
            ? new StudyReport.Latency(null, null, null, null, null, null)
            : point.latency();
    add(cells, latency.mean());
    add(cells, latency.p50());
    add(cells, latency.p90());
    add(cells, latency.p95());
    add(cells, latency.p99());
    add(cells, latency.p999());
    cells.add(String.valueOf(sum(point.failed())));
    cells.add(String.valueOf(point.einit().attempts()));
    cells.add(String.valueOf(point.einit().retries()));
    cells.add(String.valueOf(point.einit().wastedCycles()));
    cells.add(String.valueOf(point.einit().msrWrites()));
    return cells;
  }

  private static long sum(Map<String, Long> failed) {
    return failed.values().stream().mapToLong(Long::longValue).sum();
  }

  private static void add(List<String> cells, Estimate estimate) {
    cells.add(estimate == null ? "" : String.valueOf(estimate.mean()));
    cells.add(
        estimate == null || estimate.halfWidth() == null
            ? ""
            : String.valueOf(estimate.halfWidth()));
  }

  private static void row(StringBuilder csv, List<String> cells) {
    csv.append(String.join(",", cells.stream().map(StudyFiles::quoted).toList())).append('\n');
  }

  private static String quoted(String cell) {
    return cell.matches("[^,\"\\n\\r]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
