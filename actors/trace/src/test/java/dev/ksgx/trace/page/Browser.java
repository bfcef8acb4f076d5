package dev.ksgx.trace.page;

import dev.ksgx.trace.browser.Chromium;
import java.nio.file.Path;
import java.util.List;
import org.openqa.selenium.By;
import org.openqa.selenium.interactions.Actions;

/** The browser used as a person uses it on the inspector page: pointer, keys, links. */
final class Browser extends Chromium {
  Browser(Path profile) {
    super(profile);
  }

  double number(String script) {
    return ((Number) script("return " + script)).doubleValue();
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

  String link() {
    return (String) script("return location.hash");
  }
}
