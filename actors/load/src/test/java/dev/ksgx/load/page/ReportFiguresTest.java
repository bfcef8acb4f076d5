package dev.ksgx.load.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.study.Estimate;
import dev.ksgx.load.study.StudyReport;
import dev.ksgx.load.study.StudyReport.Axis;
import dev.ksgx.load.study.StudyReport.Cost;
import dev.ksgx.load.study.StudyReport.Latency;
import dev.ksgx.load.study.StudyReport.Pair;
import dev.ksgx.load.study.StudyReport.Point;
import dev.ksgx.load.study.StudyReport.Slow;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures that a browser shows are those of the report. */
class ReportFiguresTest {
  private static final StudyReport REPORT = SampleStudy.whole();

  /** A cell: the exact figures behind its text, and the text. */
  private record Cell(List<Double> figures, String text) {}

  /** A row of a table: its header and its cells by the column's label. */
  private record Row(String header, Map<String, Cell> cells) {}

  @TempDir static Path profile;
  private static ReportBrowser browser;

  @BeforeAll
  static void open() throws IOException {
    browser = new ReportBrowser(profile);
    browser.open("figures", REPORT, 1280);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static final String ROWS =
      """
      return [...document.querySelectorAll(`#${arguments[0]} tbody tr:not(.group)`)].map(row => [
        row.querySelector('th').textContent,
        [...row.querySelectorAll('td')].map(cell => [cell.dataset.label,
          [...cell.querySelectorAll('data')].map(data => data.value), cell.textContent])]);
      """;

  private static List<Row> rows(String table) {
    List<Row> rows = new ArrayList<>();
    for (Object row : (List<?>) browser.script(ROWS, table)) {
      List<?> parts = (List<?>) row;
      Map<String, Cell> cells = new LinkedHashMap<>();
      for (Object cell : (List<?>) parts.get(1)) {
        List<?> c = (List<?>) cell;
        List<Double> figures =
            ((List<?>) c.get(1)).stream().map(text -> Double.valueOf((String) text)).toList();
        cells.put((String) c.get(0), new Cell(figures, (String) c.get(2)));
      }
      rows.add(new Row(((String) parts.get(0)).replaceAll("^[●■▲◆]", ""), cells));
    }
    return rows;
  }

  private static List<Double> of(Estimate estimate) {
    return estimate == null ? List.of() : List.of(estimate.mean(), estimate.halfWidth());
  }

  private static Point point(String design, Map<String, String> at) {
    return REPORT.points().stream()
        .filter(p -> p.design().equals(design) && p.at().equals(at))
        .findFirst()
        .orElseThrow();
  }

  /** Each choice draws the page anew, so only what differs is chosen. */
  private static void select(String name, String option) {
    if (!option.equals(
        browser.script("return document.querySelector(`[name=${arguments[0]}]`).value", name))) {
      browser.select(name, option);
    }
  }

  private static void atEachPoint(BiConsumer<Map<String, String>, List<Point>> check) {
    for (Map<String, String> at : REPORT.points().stream().map(Point::at).distinct().toList()) {
      at.forEach(ReportFiguresTest::select);
      check.accept(at, REPORT.points().stream().filter(p -> p.at().equals(at)).toList());
    }
  }

  @Test
  void everyShownNumberIsItsFigureRounded() {
    List<?> shown =
        (List<?>)
            browser.script(
                "return [...document.querySelectorAll('data')].map(d => [d.value, d.textContent])");
    assertThat(shown).hasSizeGreaterThan(200);
    for (Object pair : shown) {
      List<?> parts = (List<?>) pair;
      String text = (String) parts.get(1);
      BigDecimal scale = text.endsWith("%") ? BigDecimal.valueOf(100) : BigDecimal.ONE;
      BigDecimal exact = new BigDecimal((String) parts.get(0)).multiply(scale);
      BigDecimal read = new BigDecimal(text.replace('−', '-').replaceAll("[,+ %]", ""));
      BigDecimal half = read.ulp().divide(BigDecimal.valueOf(2));
      assertThat(exact.subtract(read).abs()).as("%s for %s", text, exact).isLessThanOrEqualTo(half);
    }
  }

  @Test
  void thePointsTableHasThePoints() {
    Map<String, Function<Latency, Estimate>> statistics = new LinkedHashMap<>();
    statistics.put("mean, µs", Latency::mean);
    statistics.put("p50, µs", Latency::p50);
    statistics.put("p90, µs", Latency::p90);
    statistics.put("p95, µs", Latency::p95);
    statistics.put("p99, µs", Latency::p99);
    statistics.put("p99.9, µs", Latency::p999);
    atEachPoint(
        (at, points) -> {
          List<Row> rows = rows("point-figures");
          assertThat(rows).extracting(Row::header).isEqualTo(designs());
          for (int i = 0; i < points.size(); i++) {
            Point p = points.get(i);
            Map<String, Cell> cells = rows.get(i).cells();
            assertThat(cells).hasSize(8);
            assertThat(cells.get("Offered, launches/s").figures())
                .isEqualTo(of(p.offeredPerSecond()));
            assertThat(cells.get("Achieved, launches/s").figures())
                .isEqualTo(of(p.achievedPerSecond()));
            statistics.forEach(
                (label, statistic) -> {
                  Cell cell = cells.get(label);
                  if (p.saturated()) {
                    assertThat(cell).isEqualTo(new Cell(List.of(), "saturated"));
                  } else {
                    assertThat(cell.figures()).isEqualTo(of(statistic.apply(p.latency())));
                  }
                });
          }
        });
  }

  @Test
  void theEinitTableHasThePoints() {
    atEachPoint(
        (at, points) ->
            assertThat(rows("einit-figures"))
                .extracting(row -> row.cells().values().stream().map(Cell::figures).toList())
                .isEqualTo(
                    points.stream()
                        .map(
                            p ->
                                Stream.of(
                                        (double) p.launches(),
                                        (double) p.replications(),
                                        p.einit().attempts(),
                                        p.einit().retries(),
                                        p.einit().wastedCycles(),
                                        p.einit().msrWrites())
                                    .map(List::of)
                                    .toList())
                        .toList()));
  }

  @Test
  void theTableOfDifferencesHasThePairs() {
    Map<String, String> labels =
        Map.of(
            "achieved", "Achieved, launches/s",
            "mean", "Mean latency, µs",
            "p50", "p50 latency, µs",
            "p99", "p99 latency, µs");
    atEachPoint(
        (at, points) -> {
          List<Pair> pairs = REPORT.pairs().stream().filter(pair -> pair.at().equals(at)).toList();
          List<Row> rows = rows("pairs-figures");
          assertThat(rows).hasSize(4);
          assertThat(rows.stream().flatMap(row -> row.cells().values().stream()))
              .filteredOn(cell -> !cell.figures().isEmpty())
              .hasSameSizeAs(pairs);
          for (Pair pair : pairs) {
            Cell cell =
                rows.stream()
                    .filter(row -> row.header().equals(pair.design()))
                    .findFirst()
                    .orElseThrow()
                    .cells()
                    .get(labels.get(pair.metric()));
            assertThat(cell.figures()).isEqualTo(of(pair.difference()));
            assertThat(cell.text())
                .endsWith(pair.significant() ? " significant" : " not significant");
          }
        });
  }

  @Test
  void theTableOfBlameHasThePartsOfThePoints() {
    atEachPoint(
        (at, points) -> {
          List<Row> rows = rows("blame-figures");
          for (Point p : points) {
            Map<String, Double> shown = new LinkedHashMap<>();
            for (Row row : rows) {
              Cell cell = row.cells().get(p.design());
              if (cell != null && !cell.figures().isEmpty()) {
                shown.put(row.header(), cell.figures().get(0));
              }
            }
            assertThat(shown).as("%s at %s", p.design(), at).isEqualTo(p.blame());
          }
        });
  }

  @Test
  void theTablesAgainstLoadHaveThePoints() {
    Axis load = REPORT.axes().get(2);
    Map<String, String> at = new LinkedHashMap<>(Map.of("image", "sdk-75", "cores", "16"));
    at.forEach(ReportFiguresTest::select);
    browser.select("statistic", "p90");
    List<Row> figures = rows("load-figures");
    List<Row> binds = rows("binds-figures");
    assertThat(figures).hasSize(20);
    for (int i = 0; i < figures.size(); i++) {
      String design = designs().get(i / 4);
      String value = load.values().get(i % 4);
      at.put("load", value);
      Point p = point(design, at);
      assertThat(figures.get(i).header()).isEqualTo(value);
      assertThat(figures.get(i).cells().values())
          .extracting(Cell::figures)
          .containsExactly(
              of(p.offeredPerSecond()),
              of(p.achievedPerSecond()),
              p.saturated() ? List.of() : of(p.latency().p90()));
      Cell bound = binds.get(i / 4).cells().get("load " + value);
      assertThat(bound.figures()).containsExactly(p.bindsUtilisation());
      assertThat(bound.text()).startsWith(p.binds());
      assertThat(bound.text().endsWith("saturated")).isEqualTo(p.saturated());
    }
    browser.select("statistic", "p99");
  }

  @Test
  void theAnswerNamesTheFastestAndWhatItLeadsBy() {
    List<Row> rows = rows("answers-table");
    List<Map<String, String>> points = REPORT.points().stream().map(Point::at).distinct().toList();
    assertThat(rows).hasSameSizeAs(points);
    for (int i = 0; i < rows.size(); i++) {
      Map<String, String> at = points.get(i);
      Map<String, Cell> cells = rows.get(i).cells();
      List<Point> timed =
          designs().stream()
              .map(design -> point(design, at))
              .filter(p -> !p.saturated())
              .sorted(
                  (a, b) -> Double.compare(a.latency().mean().mean(), b.latency().mean().mean()))
              .toList();
      assertThat(rows.get(i).header()).isEqualTo(at.get("load"));
      if (timed.isEmpty()) {
        assertThat(cells.get("saturated").text()).isEqualTo("all");
        assertThat(cells.get("to v5, µs").figures()).isEmpty();
        continue;
      }
      Point first = timed.get(0);
      assertThat(cells.get("").text()).endsWith(first.design());
      assertThat(cells.get("mean, µs").figures()).isEqualTo(of(first.latency().mean()));
      assertThat(cells.get("bound by").text()).startsWith(first.binds());
      assertThat(cells.get("bound by").figures()).containsExactly(first.bindsUtilisation());
      assertThat(cells.get("next, µs").text()).startsWith(timed.get(1).design());
      assertThat(cells.get("next, µs").figures()).isEqualTo(of(timed.get(1).latency().mean()));
      List<Pair> pair =
          REPORT.pairs().stream()
              .filter(p -> p.at().equals(at) && p.metric().equals("mean"))
              .filter(p -> p.design().equals(first.design()))
              .toList();
      assertThat(cells.get("to v5, µs").figures())
          .isEqualTo(pair.isEmpty() ? List.of() : of(pair.get(0).difference()));
      assertThat(cells.get("to v5, µs").text())
          .endsWith(pair.isEmpty() ? "v5 is saturated" : " significant");
    }
  }

  @Test
  void slowestFailuresAndCostsAreTheReports() {
    Map<String, String> at = Map.of("image", "tiny", "cores", "4", "load", "10000");
    at.forEach(ReportFiguresTest::select);
    browser.select("slowest", "aesmd");
    List<Slow> slow = point("aesmd", at).slowest();
    List<Row> rows = rows("slowest-figures");
    assertThat(rows).hasSameSizeAs(slow).isNotEmpty();
    for (int i = 0; i < rows.size(); i++) {
      Map<String, Cell> cells = rows.get(i).cells();
      assertThat(cells.get("Replication").figures())
          .containsExactly((double) slow.get(i).replication());
      assertThat(cells.get("Planned, s after boot").figures())
          .containsExactly(slow.get(i).plannedSeconds());
      assertThat(cells.get("Latency, µs").figures()).containsExactly(slow.get(i).latency());
      assertThat(cells.get("").text()).startsWith("wait:launch-queue");
      assertThat(cells.get("").figures())
          .startsWith(slow.get(i).blame().get("wait:launch-queue"))
          .hasSize(2);
    }

    assertThat(rows("failures-figures"))
        .extracting(row -> row.cells().get("Number").figures().get(0))
        .isEqualTo(
            REPORT.points().stream()
                .flatMap(p -> p.failed().values().stream().map(Long::doubleValue))
                .toList());
    assertThat(rows("costs-figures"))
        .extracting(Row::header, row -> row.cells().get("Cycles").figures().get(0).longValue())
        .containsExactlyElementsOf(
            REPORT.costs().stream()
                .map(cost -> org.assertj.core.groups.Tuple.tuple(cost.name(), cost.cycles()))
                .toList());
    assertThat(rows("costs-figures"))
        .filteredOn(row -> row.cells().get("Provenance").text().contains("changed"))
        .extracting(Row::header)
        .isEqualTo(REPORT.costs().stream().filter(Cost::changed).map(Cost::name).toList());
    assertThat(rows("scenario-keys"))
        .extracting(row -> row.header() + "=" + row.cells().get("Value").text())
        .isEqualTo(
            REPORT.scenario().entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .toList());
  }

  private static List<String> designs() {
    return REPORT.designs().stream().map(StudyReport.Design::name).toList();
  }
}
