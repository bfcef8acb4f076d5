package dev.ksgx.trace.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.record.Detail;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
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
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** A person's steps through the launches of the yard: open, search, click, follow the cause. */
class InspectorInBrowserTest {
  @TempDir static Path folder;
  private static Path launches;
  private static Path everything;
  private static Browser browser;

  @BeforeAll
  static void record() throws IOException {
    browser = Browser.start(folder.resolve("profile"));
    Path trace = folder.resolve("yard.trace");
    Yard.record(trace, TraceOptions.everything());
    launches = folder.resolve("launches.html");
    everything = folder.resolve("everything.html");
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      InspectorPage.write(store, Scene.of(new Requests(store).slowest(3, 0)), launches);
      InspectorPage.write(store, Scene.of(store, Selection.ALL), everything);
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
    browser.scheme("light");
    browser.open(everything, "", 1280);
  }

  @AfterEach
  void theConsoleStayedSilent() {
    assertThat(browser.console()).isEmpty();
  }

  private static String title() {
    return browser.text("#panel h2");
  }

  private static double end(int id, String coordinate) {
    return browser.number("Arrows.ends(Trace.find(" + id + "))." + coordinate);
  }

  @Test
  void nothingButTheFileIsAskedFor() {
    browser.requests();
    browser.open(launches, "#m34", 1280);
    assertThat(browser.requests())
        .isNotEmpty()
        .allMatch(
            m -> m.matches(".*\"url\":\"(file:.*/launches\\.html(#m34)?|data:,|about:.*)\".*"));
    assertThat(browser.number("performance.getEntriesByType('resource').length")).isZero();
  }

  @Test
  void aSearchByKeysLeadsToAMessageAndItsCauses() {
    browser.press("/");
    browser.press("Finish ship=2");
    assertThat(browser.text("#found")).isEqualTo("3 hits");
    assertThat(browser.texts("#hits .id")).containsExactly("m20", "m28", "m34");
    browser.press(Keys.ENTER);
    browser.press(Keys.ENTER);
    assertThat(browser.text("#found")).isEqualTo("2 of 3");
    assertThat(browser.link()).isEqualTo("#m28");
    browser.press(Keys.ESCAPE);
    browser.press("n");
    assertThat(title()).isEqualTo("m34 Yard$Finish");
    browser.press("c");
    assertThat(title()).isEqualTo("m29 Yard$Loaded");
    browser.press("c");
    assertThat(title()).isEqualTo("m28 Yard$Finish");
    browser.driver.findElement(By.cssSelector("#panel .facts .id")).click();
    browser.settle();
    assertThat(title()).isEqualTo("m18 Yard$Finish");
    browser.press("e");
    assertThat(title()).isEqualTo("m19 Yard$Loaded");
    browser.driver.navigate().back();
    browser.settle();
    assertThat(title()).isEqualTo("m18 Yard$Finish");
  }

  @Test
  void aSearchFindsIdsTypesActorsLaunchesAndFields() {
    for (List<String> search :
        List.of(
            List.of("m12", "1 hit"),
            List.of("#m12", "1 hit"),
            List.of("askstamp", "3 hits"),
            List.of("ship-3", "6 hits"),
            List.of("launch 3", "7 hits"),
            List.of("ship=3", "5 hits"),
            List.of("ship=3 stamp", "2 hits"),
            List.of("no such thing", "no hits"))) {
      browser.press("/");
      browser.press(search.get(0));
      assertThat(browser.text("#found")).as(search.get(0)).isEqualTo(search.get(1));
      browser.press(Keys.ESCAPE);
    }
  }

  @Test
  void aClickOnAnArrowsHeadChoosesTheMessageAndAnotherTheNextThere() {
    // At 10 us the desk handles one message; at 60 us ship-1 handles two.
    browser.click(end(12, "x2"), end(12, "y2"));
    assertThat(title()).isEqualTo("m12 Yard$AskStamp");
    assertThat(browser.link()).isEqualTo("#m12");
    browser.press(Keys.ESCAPE);
    browser.press(Keys.ESCAPE);
    browser.click(end(22, "x2"), end(22, "y2"));
    assertThat(title()).isEqualTo("m22 Yard$Finish");
    browser.click(end(22, "x2"), end(22, "y2"));
    assertThat(title()).isEqualTo("m23 akka:Terminate");
  }

  @Test
  void anArrowGoesFromTheSendersLaneWhenSentToTheReceiversWhenHandled() {
    String lane = "Drawing.middle(Lanes.actorLane[Trace.actors.indexOf('/user/%s')])";
    // m29: crane to ship-2 at 100 us; m28: the crane's own timer, set by m18 at 50 us.
    assertThat(end(29, "y1")).isEqualTo(browser.number(String.format(lane, "crane")));
    assertThat(end(29, "y2")).isEqualTo(browser.number(String.format(lane, "ship-2")));
    assertThat(end(29, "x1")).isEqualTo(end(29, "x2"));
    assertThat(end(28, "y1")).isEqualTo(end(28, "y2")).isEqualTo(end(29, "y1"));
    assertThat(end(28, "x1")).isCloseTo(browser.number("View.x(50000)"), within(1e-6));
    assertThat(end(28, "x2")).isCloseTo(browser.number("View.x(100000)"), within(1e-6));
    // And it is drawn there.
    browser.go("m29");
    double x = end(29, "x2");
    double y = (end(29, "y1") + end(29, "y2")) / 2;
    assertThat(pixel(x, y + 3)).isEqualTo(color("--cause"));
    assertThat(pixel(x - 12, y + 3)).isNotEqualTo(color("--cause"));
    double middle = (end(28, "x1") + end(28, "x2")) / 2;
    assertThat(pixel(middle, end(28, "y1"))).isEqualTo(color("--cause"));
    browser.go("m20");
    assertThat(pixel(middle, end(28, "y1"))).isNotEqualTo(color("--cause"));
  }

  private static List<?> pixel(double x, double y) {
    return (List<?>)
        browser.script(
            "View.draw(); const pixel = document.createElement('canvas').getContext('2d',"
                + " {willReadFrequently: true});"
                + "const d = devicePixelRatio, [x, y] = arguments;"
                + "pixel.drawImage(View.canvas, Math.floor(x * d), Math.floor(y * d), 1, 1, 0, 0, 1, 1);"
                + "return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3)",
            x,
            y);
  }

  private static List<?> color(String variable) {
    return (List<?>)
        browser.script(
            "return Look.paint(arguments[0]).match(/[0-9a-f]{2}/gi).map(hex => parseInt(hex, 16))",
            variable);
  }

  @Test
  void inOrderEachMessageHasAStepOfItsOwn() {
    browser.press("o");
    assertThat(browser.driver.findElement(By.cssSelector("[value=order]")).isSelected()).isTrue();
    browser.press("f");
    for (int id = 2; id <= 37; id++) {
      assertThat(end(id, "x2")).as("m%d", id).isGreaterThan(end(id - 1, "x2") + 2);
    }
    // A message is sent where its cause is handled.
    assertThat(end(29, "x1")).isCloseTo(end(28, "x2"), within(1e-6));
    assertThat(browser.texts("#ruler .tick:not([visibility])"))
        .contains("20.000", "50.000", "90.000");
    browser.press("o");
    assertThat(end(29, "x1")).isEqualTo(end(29, "x2"));
  }

  @Test
  void theChosenLaunchHasItsCriticalPathOnTheLanesOfItsResources() {
    browser.go("launch-2");
    // 10 to 50 us: waited for the crane; 50 to 100: its own work there; then on its way.
    for (String[] at :
        new String[][] {{"crane", "30000"}, {"crane", "75000"}, {"way-2", "105000"}}) {
      String lane = "Lanes.resourceNamed.get('" + at[0] + "')";
      double y = browser.number("Drawing.y(" + lane + ") + " + lane + ".height - 1.5");
      assertThat(pixel(browser.number("View.x(" + at[1] + ")"), y))
          .as("%s at %s", at[0], at[1])
          .isEqualTo(color("--path"));
    }
    String desk = "Lanes.resourceNamed.get('desk')";
    double y = browser.number("Drawing.y(" + desk + ") + " + desk + ".height - 1.5");
    assertThat(pixel(browser.number("View.x(45000)"), y)).isNotEqualTo(color("--path"));
    // The crane was launch 1's, then its own.
    String crane = "Lanes.resourceNamed.get('crane')";
    double bar = browser.number("Drawing.y(" + crane + ") + " + crane + ".queueHeight + 2") + 1;
    assertThat(pixel(browser.number("View.x(30000)"), bar)).isEqualTo(color("--held-shown"));
    assertThat(pixel(browser.number("View.x(75000)"), bar)).isEqualTo(color("--own"));
    // One waited for it, from 10 to 50 us.
    double queue = bar - 8;
    assertThat(pixel(browser.number("View.x(30000)"), queue)).isEqualTo(color("--queue"));
    assertThat(pixel(browser.number("View.x(75000)"), queue)).isNotEqualTo(color("--queue"));
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
      assertThat(pixel(browser.number("View.x(5e8)"), queue)).isNotEqualTo(color("--queue"));
      assertThat(pixel(browser.number("View.x(5e8)"), bar)).isNotEqualTo(color("--held-shown"));
    }
  }

  @Test
  void aPartOfABarLeadsToItsTimeInTheDrawing() {
    browser.go("launch-2");
    browser.driver.findElements(By.cssSelector("#panel .path .part")).get(0).click();
    browser.settle();
    double from = browser.number("View.range()[0]");
    double to = browser.number("View.range()[1]");
    assertThat(from).isBetween(-15_000.0, 10_000.0);
    assertThat(to).isBetween(50_000.0, 75_000.0);
    assertThat(browser.texts("#panel .path > .chosen")).hasSize(1);
    browser.driver.findElement(By.cssSelector("#panel .holders a")).click();
    browser.settle();
    assertThat(title()).isEqualTo("launch 1 took 60.000 µs");
    browser.press(Keys.ESCAPE);
    browser
        .driver
        .findElements(By.cssSelector("#panel .stack .own, #panel .stack .work"))
        .get(0)
        .click();
    browser.settle();
    assertThat(browser.link()).isEqualTo("#launch-2");
  }

  @Test
  void linksOpenThePageAtAMessageOrALaunch() {
    browser.open(launches, "#m34", 1280);
    assertThat(title()).isEqualTo("m34 Yard$Finish");
    browser.open(launches, "#launch-3", 1280);
    assertThat(title()).isEqualTo("launch 3 took 85.000 µs");
    browser.go("m19");
    assertThat(title()).isEqualTo("m19 Yard$Loaded");
    browser.go("m4711");
    assertThat(browser.text("#missing")).isEqualTo("m4711 is not on this page.");
    browser.go("100%");
    assertThat(browser.text("#missing")).isEqualTo("100% is not on this page.");
    browser.go("launch-9");
    assertThat(browser.text("#missing")).isEqualTo("launch-9 is not on this page.");
    browser.go("");
    assertThat(browser.text("#missing")).isEmpty();
  }

  @Test
  void filtersLeaveOnlyWhatPassesAndItsLanes() {
    assertThat(browser.text("#note")).isEqualTo("37 of 37 messages in view");
    choose("type", "Yard$AskStamp (3)");
    assertThat(browser.text("#note")).isEqualTo("3 of 3 messages in view");
    assertThat(lanes()).containsExactlyInAnyOrder("desk", "ship-1", "ship-2", "ship-3");
    choose("request", "launch 2 (10)");
    assertThat(browser.text("#note")).isEqualTo("1 of 1 messages in view");
    browser.driver.findElement(By.id("clear")).click();
    browser.settle();
    choose("actor", "/user/crane (7)");
    assertThat(browser.text("#note")).isEqualTo("7 of 7 messages in view");
    // The chosen message and its causes stay.
    browser.go("m34");
    assertThat(browser.number("State.visible[Trace.find(34)]")).isEqualTo(1);
  }

  private static void choose(String filter, String option) {
    browser.driver.findElement(By.cssSelector("select[name=" + filter + "]")).sendKeys(option);
    browser.settle();
  }

  private static List<String> lanes() {
    String actors = "Lanes.all.filter(lane => lane.kind === 'actor').map(lane => lane.label)";
    return List.of(((String) browser.script("return " + actors + ".join()")).split(","));
  }

  @Test
  void wheelKeysAndDragZoomAndPan() {
    double[] before = range();
    browser.press("+");
    double[] closer = range();
    assertThat(closer[1] - closer[0]).isCloseTo((before[1] - before[0]) / 1.5, within(1.0));
    browser.press(Keys.ARROW_RIGHT);
    assertThat(range()[0]).isGreaterThan(closer[0]);
    assertThat(range()[1] - range()[0]).isCloseTo(closer[1] - closer[0], within(1.0));
    double[] panned = range();
    browser.pointAt(600, 300).clickAndHold().moveByOffset(80, 0).release().perform();
    browser.settle();
    assertThat(range()[0]).isLessThan(panned[0]);
    assertThat(browser.link()).as("a drag is no click").isEmpty();
    browser.press("f");
    assertThat(range()).containsExactly(before, within(1.0));
    browser.script(
        "View.canvas.dispatchEvent(new WheelEvent('wheel', {deltaY: -300, clientX: 500,"
            + " clientY: 300, bubbles: true, cancelable: true}))");
    browser.settle();
    assertThat(range()[1] - range()[0]).isLessThan(before[1] - before[0]);
    browser.press("0");
    assertThat(range()[1] - range()[0]).isGreaterThanOrEqualTo(before[1] - before[0]);
  }

  private static double[] range() {
    return new double[] {browser.number("View.range()[0]"), browser.number("View.range()[1]")};
  }

  @Test
  void aTraceWithoutMessagesShowsLaunchesAndAnEmptyOneSaysSo() throws IOException {
    Path trace = folder.resolve("requests.trace");
    Yard.record(trace, TraceOptions.everything().withDetail(Detail.REQUESTS));
    Path page = folder.resolve("requests.html");
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      InspectorPage.write(store, Scene.of(new Requests(store).slowest(2, 0)), page);
    }
    browser.open(page, "#launch-2", 1280);
    assertThat(browser.texts("#panel .path > li")).hasSize(3);
    browser.press("o");
    browser.press("f");

    Path empty = folder.resolve("empty.trace");
    TraceRecorder.to(empty, TraceOptions.everything()).close();
    try (TraceStore store = TraceStore.open(empty, Progress.NONE)) {
      InspectorPage.write(store, Scene.of(store, Selection.ALL), page);
    }
    browser.open(page, "", 1280);
    assertThat(browser.text("#panel")).contains("0 messages.", "No request that has a name");
    browser.press("o");
  }

  @Test
  void thePageTellsItsKeysAndTheKeyboardReachesEverything() {
    browser.press("?");
    assertThat(browser.text("#help")).contains("How to read this page", "next and previous hit");
    browser.press(Keys.ESCAPE);
    assertThat(browser.driver.findElement(By.id("help")).isDisplayed()).isFalse();
    List<String> reached = new java.util.ArrayList<>();
    for (int i = 0; i < 16; i++) {
      browser.press(Keys.TAB);
      WebElement focused = browser.driver.switchTo().activeElement();
      if (focused.getTagName().equals("body")) {
        break;
      }
      String id = focused.getAttribute("id");
      reached.add(id.isEmpty() ? focused.getAttribute("name") : id);
      assertThat(
              browser.script(
                  "const e = document.activeElement;"
                      + "const s = getComputedStyle(e.type === 'radio' ? e.nextElementSibling : e);"
                      + "return s.outlineStyle"))
          .as("focus is seen on %s", reached.get(i))
          .isNotEqualTo("none");
    }
    assertThat(reached).contains("search", "type", "axis", "fit", "lanes");
  }

  @Test
  void aPhoneNeedsNoPushingSideways() {
    browser.open(launches, "#launch-2", 360);
    assertThat(browser.number("document.documentElement.scrollWidth")).isEqualTo(360);
    assertThat(browser.number("View.width")).isBetween(330.0, 360.0);
    assertThat(browser.number("View.height")).isGreaterThan(200);
    assertThat(title()).isEqualTo("launch 2 took 100.000 µs");
    browser.go("m34");
    assertThat(browser.number("document.documentElement.scrollWidth")).isEqualTo(360);
  }

  @Test
  void theColoursFollowTheScheme() {
    List<?> light = pixel(700, 20);
    browser.scheme("dark");
    List<?> dark = pixel(700, 20);
    assertThat(((Number) light.get(0)).intValue()).isGreaterThan(200);
    assertThat(((Number) dark.get(0)).intValue()).isLessThan(60);
  }
}
