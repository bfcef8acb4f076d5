package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
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

/** A browser without a window that opens pages which the command wrote. */
final class Chromium implements AutoCloseable {
  private static final File BROWSER = new File("/usr/bin/chromium");
  private static final File DRIVER = new File("/usr/bin/chromedriver");
  // Its warnings are about a tool of the library that is not used here; the field keeps the level.
  private static final Logger NOISE = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;

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
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--window-size=1280,900",
        "--user-data-dir=" + profile);
    options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL"));
    return new Chromium(
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build(), options));
  }

  void open(Path page, String link) {
    driver.get("about:blank");
    driver.get(page.toUri() + link);
    settle();
  }

  /** Follows a link within the page. */
  void go(String link) {
    script("location.hash = arguments[0]", link);
    settle();
  }

  private void settle() {
    driver.executeAsyncScript(
        "const done = arguments[0];"
            + "setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 0);");
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** The value that a script gives to its last argument, a function. */
  Object later(String script) {
    return driver.executeAsyncScript(script);
  }

  /** Texts of the elements, white space as one space. */
  List<String> texts(String selector) {
    return driver.findElements(By.cssSelector(selector)).stream()
        .map(element -> element.getText().replaceAll("\\s+", " "))
        .toList();
  }

  /** What the console got since the last call. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
