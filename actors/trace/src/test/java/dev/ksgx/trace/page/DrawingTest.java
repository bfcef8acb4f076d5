package dev.ksgx.trace.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** What the canvas shows of the launches of the yard, pixel by pixel. */
class DrawingTest {
  @TempDir static Path folder;
  private static Path page;
  private static Browser browser;

  @BeforeAll
  static void record() throws IOException {
    browser = new Browser(folder.resolve("profile"));
    Path trace = folder.resolve("yard.trace");
    Yard.record(trace, TraceOptions.everything());
    page = folder.resolve("yard.html");
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      InspectorPage.write(store, Scene.of(store, Selection.ALL), page);
    }
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    browser.media("", "light");
    browser.open(page, "", 1280);
  }

  @AfterEach
  void theConsoleStayedSilent() {
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void anArrowGoesFromTheSendersLaneWhenSentToTheReceiversWhenHandled() {
    String lane = "Drawing.middle(Lanes.actorLane[Trace.actors.indexOf('/user/%s')])";
    // m29: crane to ship-2 at 100 us; m28: the crane's own timer, set by m18 at 50 us.
    assertThat(browser.end(29, "y1")).isEqualTo(browser.number(String.format(lane, "crane")));
    assertThat(browser.end(29, "y2")).isEqualTo(browser.number(String.format(lane, "ship-2")));
    assertThat(browser.end(29, "x1")).isEqualTo(browser.end(29, "x2"));
    assertThat(browser.end(28, "y1"))
        .isEqualTo(browser.end(28, "y2"))
        .isEqualTo(browser.end(29, "y1"));
    assertThat(browser.end(28, "x1")).isCloseTo(browser.number("View.x(50000)"), within(1e-6));
    assertThat(browser.end(28, "x2")).isCloseTo(browser.number("View.x(100000)"), within(1e-6));
    // And it is drawn there.
    browser.go("m29");
    double x = browser.end(29, "x2");
    double y = (browser.end(29, "y1") + browser.end(29, "y2")) / 2;
    assertThat(browser.pixel(x, y + 3)).isEqualTo(browser.color("--cause"));
    assertThat(browser.pixel(x - 12, y + 3)).isNotEqualTo(browser.color("--cause"));
    double middle = (browser.end(28, "x1") + browser.end(28, "x2")) / 2;
    assertThat(browser.pixel(middle, browser.end(28, "y1"))).isEqualTo(browser.color("--cause"));
    browser.go("m20");
    assertThat(browser.pixel(middle, browser.end(28, "y1"))).isNotEqualTo(browser.color("--cause"));
  }

  @Test
  void inOrderEachMessageHasAStepOfItsOwn() {
    browser.press("o");
    assertThat(browser.driver.findElement(By.cssSelector("[value=order]")).isSelected()).isTrue();
    browser.press("f");
    for (int id = 2; id <= 37; id++) {
      assertThat(browser.end(id, "x2")).as("m%d", id).isGreaterThan(browser.end(id - 1, "x2") + 2);
    }
    // A message is sent where its cause is handled.
    assertThat(browser.end(29, "x1")).isCloseTo(browser.end(28, "x2"), within(1e-6));
    assertThat(browser.texts("#ruler .tick:not([visibility])"))
        .contains("20.000", "50.000", "90.000");
    browser.press("o");
    assertThat(browser.end(29, "x1")).isEqualTo(browser.end(29, "x2"));
  }

  @Test
  void theChosenLaunchHasItsCriticalPathOnTheLanesOfItsResources() {
    browser.go("launch-2");
    // 10 to 50 us: waited for the crane; 50 to 100: its own work there; then on its way.
    for (String[] at :
        new String[][] {{"crane", "30000"}, {"crane", "75000"}, {"way-2", "105000"}}) {
      String lane = "Lanes.resourceNamed.get('" + at[0] + "')";
      double y = browser.number("Drawing.y(" + lane + ") + " + lane + ".height - 1.5");
      assertThat(browser.pixel(browser.number("View.x(" + at[1] + ")"), y))
          .as("%s at %s", at[0], at[1])
          .isEqualTo(browser.color("--path"));
    }
    String desk = "Lanes.resourceNamed.get('desk')";
    double y = browser.number("Drawing.y(" + desk + ") + " + desk + ".height - 1.5");
    assertThat(browser.pixel(browser.number("View.x(45000)"), y))
        .isNotEqualTo(browser.color("--path"));
    // The crane was launch 1's, then its own.
    String crane = "Lanes.resourceNamed.get('crane')";
    double bar = browser.number("Drawing.y(" + crane + ") + " + crane + ".queueHeight + 2") + 1;
    assertThat(browser.pixel(browser.number("View.x(30000)"), bar))
        .isEqualTo(browser.color("--held-shown"));
    assertThat(browser.pixel(browser.number("View.x(75000)"), bar))
        .isEqualTo(browser.color("--own"));
    // One waited for it, from 10 to 50 us.
    double queue = bar - 8;
    assertThat(browser.pixel(browser.number("View.x(30000)"), queue))
        .isEqualTo(browser.color("--queue"));
    assertThat(browser.pixel(browser.number("View.x(75000)"), queue))
        .isNotEqualTo(browser.color("--queue"));
  }

  @Test
  void whatIsNarrowerThanAPixelIsNotStretched() {
    // All queues and holds on the leftmost pixels, and then nothing for long.
    browser.script(
        "Trace.extent[1] = 1e9; Lanes.groups[1].lanes.forEach(lane => lane.queue.push([9e8, 0]));"
            + "View.span(); View.show(0, 1e9)");
    browser.settle();
    for (String resource : List.of("crane", "desk")) {
      String lane = "Lanes.resourceNamed.get('" + resource + "')";
      double top = browser.number("Drawing.y(" + lane + ")");
      double queue = top + browser.number(lane + ".queueHeight") - 2;
      double bar = top + browser.number(lane + ".queueHeight") + 4;
      assertThat(browser.pixel(browser.number("View.x(5e8)"), queue))
          .isNotEqualTo(browser.color("--queue"));
      assertThat(browser.pixel(browser.number("View.x(5e8)"), bar))
          .isNotEqualTo(browser.color("--held-shown"));
    }
  }

  @Test
  void theColoursFollowTheScheme() {
    List<?> light = browser.pixel(700, 20);
    browser.media("", "dark");
    List<?> dark = browser.pixel(700, 20);
    assertThat(((Number) light.get(0)).intValue()).isGreaterThan(200);
    assertThat(((Number) dark.get(0)).intValue()).isLessThan(60);
  }
}
