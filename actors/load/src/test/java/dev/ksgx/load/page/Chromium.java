package dev.ksgx.load.page;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ksgx.load.study.StudyReport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** A browser without a window, with an empty profile, that opens reports as files. */
final class Chromium implements AutoCloseable {
  private static final File BROWSER = new File("/usr/bin/chromium");
  private static final File DRIVER = new File("/usr/bin/chromedriver");
  // Pages stay there, to be looked at.
  private static final Path PAGES = Path.of("target", "report-pages").toAbsolutePath();
  // Its warnings are about a tool of the library that is not used here; the field keeps the level.
  private static final Logger NOISE = Logger.getLogger("org.openqa.selenium");

  final ChromeDriver driver;

  private Chromium(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Without a browser the test is skipped; on CI it fails. */
  static Chromium start(Path profile) {
    if (!BROWSER.canExecute() || !DRIVER.canExecute()) {
      String message = "no " + BROWSER + " and " + DRIVER;
      if ("true".equals(System.getenv("CI"))) {
        fail(message);
      }
      assumeTrue(false, message + "; install chromium and chromium-driver to run this test");
    }
    NOISE.setLevel(Level.SEVERE);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile);
    options.setCapability(
        "goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL", LogType.PERFORMANCE, "ALL"));
    return new Chromium(
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build(), options));
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
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.get(page.toUri().toString());
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Emulates a medium, {@code print} or empty, and a colour scheme, {@code light} or dark. */
  void media(String medium, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            medium,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
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

  /** What the console got since the last call. */
  List<String> console() {
    return messages(LogType.BROWSER);
  }

  /** The messages of the protocol about requests since the last call. */
  List<String> requests() {
    List<String> messages = messages(LogType.PERFORMANCE);
    messages.removeIf(message -> !message.contains("\"Network.requestWillBeSent\""));
    return messages;
  }

  private List<String> messages(String type) {
    List<String> messages = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(type)) {
      messages.add(entry.getMessage());
    }
    return messages;
  }

  @Override
  public void close() {
    driver.quit();
  }
}
