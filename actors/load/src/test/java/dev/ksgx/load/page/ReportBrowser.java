package dev.ksgx.load.page;

import dev.ksgx.load.study.StudyReport;
import dev.ksgx.trace.browser.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openqa.selenium.By;

/** The browser on reports of studies. */
final class ReportBrowser extends Chromium {
  // Pages stay there, to be looked at.
  private static final Path PAGES = Path.of("target", "report-pages").toAbsolutePath();

  ReportBrowser(Path profile) {
    super(profile);
  }

  /** Opens a report in a view of that width, in CSS pixels. */
  void open(String name, StudyReport report, int width) throws IOException {
    open(name, ReportPage.html(report), width);
  }

  /** Opens a page in a view of that width. */
  void open(String name, String html, int width) throws IOException {
    Files.createDirectories(PAGES);
    Path page = PAGES.resolve(name + ".html");
    Files.writeString(page, html);
    open(page, "", width);
  }

  /** Chooses an option as a change of the control by its user does. */
  void select(String name, String option) {
    script(
        "const box = document.querySelector(`select[name=\"${arguments[0]}\"]`);"
            + "box.value = arguments[1];"
            + "if (box.value !== arguments[1]) throw new Error('no option ' + arguments[1]);"
            + "box.dispatchEvent(new Event('change'));",
        name,
        option);
  }

  /** What is drawn in a figure. */
  String drawing(String figure) {
    script("echarts.getInstanceByDom(arguments[0]).getZr().flush()", chart(figure));
    return (String) script("return arguments[0].querySelector('svg').innerHTML", chart(figure));
  }

  private Object chart(String figure) {
    return driver.findElement(By.cssSelector("#" + figure + " .chart"));
  }
}
