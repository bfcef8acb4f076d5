package dev.ksgx.trace.browser;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
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

/** A browser without a window, with an empty profile, that opens pages as files. */
public class Chromium implements AutoCloseable {
  private static final File BROWSER = new File("/usr/bin/chromium");
  private static final File DRIVER = new File("/usr/bin/chromedriver");
  // Its warnings are about a tool of the library that is not used here; the field keeps the level.
  private static final Logger NOISE = Logger.getLogger("org.openqa.selenium");

  /** For what this class has no word for. */
  public final ChromeDriver driver;

  /**
   * Without a browser the test is skipped; on CI it fails.
   *
   * @param profile an empty folder
   */
  public Chromium(Path profile) {
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
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build(), options);
  }

  /** Opens a page anew, at that link within it, in a view of that width in CSS pixels. */
  public void open(Path page, String link, int width) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.get("about:blank");
    driver.get(page.toUri() + link);
    settle();
  }

  /** Emulates a medium, {@code print} or empty, and a colour scheme, {@code light} or dark. */
  public void media(String medium, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            medium,
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    settle();
  }

  public Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Waits until links have been followed and what is to be drawn is. */
  public void settle() {
    driver.executeAsyncScript(
        "const done = arguments[0];"
            + "setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 0);");
  }

  /** Follows a link within the page. */
  public void go(String link) {
    script("location.hash = arguments[0]", link);
    settle();
  }

  /** Texts of the elements, white space as one space. */
  public List<String> texts(String selector) {
    return driver.findElements(By.cssSelector(selector)).stream()
        .map(element -> element.getText().replaceAll("\\s+", " "))
        .toList();
  }

  /** What the console got since the last call. */
  public List<String> console() {
    return messages(LogType.BROWSER);
  }

  /** The messages of the protocol about requests since the last call. */
  public List<String> requests() {
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
