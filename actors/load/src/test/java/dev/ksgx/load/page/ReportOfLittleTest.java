package dev.ksgx.load.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.study.Estimate;
import dev.ksgx.load.study.StudyReport;
import dev.ksgx.load.study.StudyReport.Lead;
import dev.ksgx.load.study.StudyReport.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** A page does not say more than a report that is incomplete, fails or has no intervals. */
class ReportOfLittleTest {
  private static final StudyReport WHOLE = SampleStudy.whole();

  @TempDir static Path profile;
  private static ReportBrowser browser;

  @BeforeAll
  static void start() {
    browser = new ReportBrowser(profile);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void theConsoleStayedSilent() {
    assertThat(browser.console()).isEmpty();
  }

  private static StudyReport with(List<Point> points, List<Lead> leads, int replications) {
    return new StudyReport(
        WHOLE.format(),
        WHOLE.title(),
        WHOLE.command(),
        WHOLE.version(),
        WHOLE.seed(),
        replications,
        WHOLE.designs(),
        WHOLE.axes(),
        points,
        List.of(),
        leads,
        WHOLE.costs(),
        WHOLE.scenario());
  }

  /** What did not succeed has no latency, saturated or not. */
  private static Point failing(Point p) {
    return new Point(
        p.design(),
        p.at(),
        p.replications(),
        0,
        false,
        p.binds(),
        p.bindsUtilisation(),
        p.offeredPerSecond(),
        new Estimate(0, 0.0),
        null,
        List.of(),
        List.of(),
        Map.of(),
        List.of(),
        new TreeMap<>(Map.of("-ENODEV", 9L)),
        p.einit());
  }

  private static String lead() {
    return browser.driver.findElement(By.id("lead")).getText();
  }

  private static String answers() {
    return browser.driver.findElement(By.id("answers-table")).getText();
  }

  private static long points() {
    return WHOLE.points().stream().map(Point::at).distinct().count();
  }

  @Test
  void whatWasNotRunIsNotSaturated() throws IOException {
    Map<String, String> at = WHOLE.leads().get(0).at();
    List<Point> run = WHOLE.points().stream().filter(p -> p.at().equals(at)).toList();
    assertThat(run).noneMatch(Point::saturated);
    browser.open("partial", with(run, WHOLE.leads().subList(0, 1), 5), 1280);
    assertThat(lead())
        .contains("Not run at " + (points() - 1) + " of " + points() + " points.")
        .doesNotContain("Every design is saturated");
    assertThat(answers()).contains("not run").doesNotContain("all");
  }

  @Test
  void whereNoLaunchSucceededNothingIsSaturatedAndNobodyLeads() throws IOException {
    List<Point> failing = WHOLE.points().stream().map(ReportOfLittleTest::failing).toList();
    browser.open("failing", with(failing, List.of(), 5), 1280);
    assertThat(lead())
        .contains("No launch succeeded at all " + points() + " points.", "No design is saturated.")
        .doesNotContain("Every design");
    assertThat(answers()).contains("no launch succeeded").doesNotContain("saturated at");
    assertThat(browser.script("return document.getElementById('time-p99').hidden")).isEqualTo(true);
  }

  @Test
  void oneReplicationIsNoReasonToCallAllLevel() throws IOException {
    browser.open("once", with(WHOLE.points(), WHOLE.leads(), 1), 1280);
    assertThat(lead())
        .contains("One replication does not tell a lead from chance.")
        .doesNotContain("share the lead", "significant");
  }

  /** What the page said of significance held for no mark on it. */
  @Test
  void significanceIsExplainedAsItIsTested() throws IOException {
    browser.open("pairs", WHOLE, 1280);
    assertThat(browser.driver.findElement(By.id("pairs-table")).getText())
        .contains("Holm's rule")
        .doesNotContain("leaves zero out.");
  }
}
