package dev.ksgx.trace.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.query.Messages;
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
    browser = new Browser(folder.resolve("profile"));
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
    browser.media("", "light");
    browser.open(everything, "", 1280);
  }

  @AfterEach
  void theConsoleStayedSilent() {
    assertThat(browser.console()).isEmpty();
  }

  private static String title() {
    return browser.text("#panel h2");
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
  void aLinkToAMessageOpensThePageAtItsLaunch() {
    String from = "View.range()[0]";
    String to = "View.range()[1]";
    browser.open(launches, "#launch-2", 1280);
    double launchFrom = browser.number(from);
    double launchTo = browser.number(to);
    browser.open(launches, "", 1280);
    assertThat(browser.number(from)).isLessThan(launchFrom);
    browser.open(launches, "#m28", 1280);
    assertThat(browser.number(from)).isEqualTo(launchFrom);
    assertThat(browser.number(to)).isEqualTo(launchTo);
    assertThat(
            browser.number(
                "Number(View.range()[0] < Axis.message(State.message)"
                    + " && Axis.message(State.message) < View.range()[1])"))
        .as("the message is in view")
        .isEqualTo(1);
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
    browser.click(browser.end(12, "x2"), browser.end(12, "y2"));
    assertThat(title()).isEqualTo("m12 Yard$AskStamp");
    assertThat(browser.link()).isEqualTo("#m12");
    browser.press(Keys.ESCAPE);
    browser.press(Keys.ESCAPE);
    browser.click(browser.end(22, "x2"), browser.end(22, "y2"));
    assertThat(title()).isEqualTo("m22 Yard$Finish");
    browser.click(browser.end(22, "x2"), browser.end(22, "y2"));
    assertThat(title()).isEqualTo("m23 akka:Terminate");
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
  void aLaunchUnderWayIsCalledSo() throws IOException {
    Path cut = folder.resolve("cut.trace");
    Yard.record(cut, TraceOptions.everything(), 105_000);
    Path page = folder.resolve("cut.html");
    try (TraceStore half = TraceStore.open(cut, Progress.NONE)) {
      InspectorPage.write(half, Scene.of(half, Selection.ALL), page);
      browser.open(page, "", 1280);
      assertThat(browser.texts("#panel .request"))
          .anySatisfy(line -> assertThat(line).startsWith("launch 2 (under way at the end) 95.000"))
          .hasSize(3);
      browser.go("launch-2");
      assertThat(browser.texts("#panel h2"))
          .containsExactly("launch 2 was under way when the trace ended, after 95.000 µs");
      assertThat(browser.texts("#panel .facts")).first().asString().contains("not in this trace");
      browser.go("m" + new Messages(half).ofRequest(102).get(0).id());
      assertThat(browser.texts("#panel .facts"))
          .first()
          .asString()
          .contains("launch 2 (under way at the end)");
    }
  }

  @Test
  void aPageOfAPieceOfTimeOpensAtItThoughLaunchesGoBeyondIt() throws IOException {
    Path trace = folder.resolve("window.trace");
    Yard.record(trace, TraceOptions.everything());
    Path page = folder.resolve("window.html");
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      InspectorPage.write(store, Scene.of(store, new Selection(null, 30_000L, 40_000L)), page);
    }
    browser.open(page, "", 1280);
    assertThat(browser.texts("#panel .path, #panel h2")).isNotEmpty();
    assertThat(browser.number("View.range()[0]")).isBetween(28_000.0, 30_000.0);
    assertThat(browser.number("View.range()[1]")).isBetween(40_000.0, 42_000.0);
    browser.press("-");
    assertThat(browser.number("View.range()[1]")).as("there is more to see").isGreaterThan(42_000);
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
}
