package dev.ksgx.load.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.study.StudyReport;
import dev.ksgx.load.study.StudyReport.Slow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the rows of the slowest launches lead to in a browser. */
class SlowestLinksTest {
  private static final String ROWS =
      """
      return [...document.querySelectorAll('#slowest-figures tbody th')].map(header =>
        [header.textContent, header.querySelector('a')?.getAttribute('href') ?? '']);
      """;

  @TempDir static Path profile;

  @Test
  void aLaunchThatWasTracedLeadsToItselfOnThePageOfItsRun() throws IOException {
    StudyReport report = SampleStudy.whole();
    Map<String, String> at = Map.of("image", "tiny", "cores", "4", "load", "10000");
    StudyReport.Point point =
        report.points().stream()
            .filter(p -> p.design().equals("aesmd") && p.at().equals(at))
            .findFirst()
            .orElseThrow();
    int index = report.points().indexOf(point);
    String page = ReportPage.html(report, Map.of(index, Map.of(1, "trace/aesmd-r1.html")));
    try (ReportBrowser browser = new ReportBrowser(profile)) {
      browser.open("links", page, 1280);
      at.forEach(browser::select);
      browser.select("slowest", "aesmd");
      List<?> rows = (List<?>) browser.script(ROWS);
      assertThat(rows).hasSameSizeAs(point.slowest());
      for (int i = 0; i < rows.size(); i++) {
        Slow slow = point.slowest().get(i);
        List<?> row = (List<?>) rows.get(i);
        assertThat((String) row.get(0)).startsWith("launch ");
        assertThat(row.get(1))
            .isEqualTo(
                slow.replication() == 1 ? "trace/aesmd-r1.html#launch-" + slow.launch() : "");
      }
      assertThat(point.slowest()).anyMatch(slow -> slow.replication() == 1);
      assertThat(browser.console()).isEmpty();
    }
  }
}
