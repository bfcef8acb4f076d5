package dev.ksgx.trace.page;

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
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** Chromium without a window, used as a person uses it: pointer, keys, links. */
final class Browser implements AutoCloseable {
  private static final File BROWSER = new File("/usr/bin/chromium");
  private static final File DRIVER = new File("/usr/bin/chromedriver");
  // Its warnings are about a tool of the library that is not used here; the field keeps the level.
  private static final Logger NOISE = Logger.getLogger("org.openqa.selenium");

  final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Without a browser the test is skipped; on CI it fails. */
  static Browser start(Path profile) {
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
    return new Browser(
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build(), options));
  }

  /** Opens a page anew, at that link within it, in a view of that width in CSS pixels. */
  void open(Path page, String link, int width) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.get("about:blank");
    driver.get(page.toUri() + link);
    settle();
  }

  void scheme(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            "",
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    settle();
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  double number(String script) {
    return ((Number) script("return " + script)).doubleValue();
  }

  /** Waits until links have been followed and the canvas is drawn. */
  void settle() {
    driver.executeAsyncScript(
        "const done = arguments[0];"
            + "setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 0);");
  }

  /** Follows a link within the page. */
  void go(String link) {
    script("location.hash = arguments[0]", link);
    settle();
  }

  /** Presses keys, wherever the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
    settle();
  }

  /** Clicks the canvas there, in pixels from its corner. */
  void click(double x, double y) {
    pointAt(x, y).click().perform();
    settle();
  }

  /** The pointer on the canvas there. */
  Actions pointAt(double x, double y) {
    double left = number("View.canvas.getBoundingClientRect().left");
    double top = number("View.canvas.getBoundingClientRect().top");
    return new Actions(driver)
        .moveToLocation((int) Math.round(left + x), (int) Math.round(top + y));
  }

  /** A coordinate of a message's arrow, {@code x1 y1 x2 y2}, in pixels of the canvas. */
  double end(int message, String coordinate) {
    return number("Arrows.ends(Trace.find(" + message + "))." + coordinate);
  }

  /** Red, green and blue of the canvas there. */
  List<?> pixel(double x, double y) {
    return (List<?>)
        script(
            "View.draw(); const pixel = document.createElement('canvas').getContext('2d',"
                + " {willReadFrequently: true});"
                + "const d = devicePixelRatio, [x, y] = arguments;"
                + "pixel.drawImage(View.canvas, Math.floor(x * d), Math.floor(y * d), 1, 1, 0, 0, 1, 1);"
                + "return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3)",
            x,
            y);
  }

  /** Red, green and blue of a variable of the style sheet. */
  List<?> color(String variable) {
    return (List<?>)
        script(
            "return Look.paint(arguments[0]).match(/[0-9a-f]{2}/gi).map(hex => parseInt(hex, 16))",
            variable);
  }

  String text(String selector) {
    return driver.findElement(By.cssSelector(selector)).getText();
  }

  List<String> texts(String selector) {
    List<String> texts = new ArrayList<>();
    driver
        .findElements(By.cssSelector(selector))
        .forEach(element -> texts.add(element.getText().replaceAll("\\s+", " ")));
    return texts;
  }

  String link() {
    return (String) script("return location.hash");
  }

  List<String> console() {
    return log(LogType.BROWSER);
  }

  /** Addresses that were asked for since the last call. */
  List<String> requests() {
    List<String> messages = log(LogType.PERFORMANCE);
    messages.removeIf(message -> !message.contains("\"Network.requestWillBeSent\""));
    return messages;
  }

  private List<String> log(String type) {
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
