package dev.ksgx.load.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.study.StudyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** How the page behaves in a real browser. */
class ReportInBrowserTest {
  private static final Map<String, StudyReport> REPORTS =
      Map.of(
          "whole", SampleStudy.whole(),
          "single", SampleStudy.single(),
          "crowded", SampleStudy.crowded(),
          "hostile", SampleStudy.hostile());
  private static final List<String> CHARTS =
      List.of("throughput", "latency", "cdf", "time-p50", "time-p99", "blame-chart");

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

  @BeforeEach
  void onPaperWhiteScreen() {
    browser.media("", "light");
  }

  @AfterEach
  void theConsoleStayedSilent() {
    assertThat(browser.console()).isEmpty();
  }

  private static void open(String name, int width) throws IOException {
    browser.open(name, REPORTS.get(name), width);
  }

  private static long number(String script) {
    return ((Number) browser.script("return " + script)).longValue();
  }

  private static String text(String selector) {
    return browser.driver.findElement(By.cssSelector(selector)).getText();
  }

  @ParameterizedTest
  @ValueSource(strings = {"whole", "single", "crowded", "hostile"})
  void nothingButTheFileIsAskedFor(String name) throws IOException {
    browser.requests();
    open(name, 1280);
    assertThat(browser.requests())
        .isNotEmpty()
        .allMatch(
            message -> message.matches(".*\"url\":\"(file:.*/" + name + "\\.html|data:,)\".*"));
    assertThat(number("performance.getEntriesByType('resource').length")).isZero();
    assertThat(number("document.querySelectorAll('main h2').length")).isGreaterThan(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"whole", "single", "crowded", "hostile"})
  void aPhoneNeedsNoPushingSideways(String name) throws IOException {
    open(name, 360);
    assertThat(number("document.documentElement.scrollWidth")).isEqualTo(360);
    assertThat(number("innerWidth")).isEqualTo(360);
    if (!name.equals("hostile")) { // Its texts have no spaces.
      String heads = "[...document.querySelectorAll('thead')].map(head => head.clientHeight)";
      assertThat(number("Math.max(..." + heads + ")")).as("height of headers").isLessThan(90);
    }
    for (String chart : CHARTS) {
      if (number("document.querySelectorAll('#" + chart + " svg').length") > 0) {
        assertThat(number("document.querySelector('#" + chart + " svg').clientWidth"))
            .as(chart)
            .isBetween(250L, 360L);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 1280})
  void nothingMovesOnceItIsThere(int width) throws IOException {
    open("whole", width);
    Object moved =
        browser.driver.executeAsyncScript(
            "const done = arguments[0]; let sum = 0;"
                + "new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))"
                + "  .observe({type: 'layout-shift', buffered: true});"
                + "setTimeout(() => done(sum), 400);");
    assertThat(((Number) moved).doubleValue()).isZero();
  }

  @Test
  void eachSelectorChangesTheChartsThatFollowIt() throws IOException {
    open("whole", 1280);
    List<String> ofPoint = List.of("cdf", "time-p50", "time-p99", "blame-chart");
    assertThat(changedBy("image", "sdk-75")).containsExactlyInAnyOrderElementsOf(CHARTS);
    // What the launch enclave limits does not rise with the cores.
    assertThat(changedBy("cores", "16")).contains("latency").containsAll(ofPoint);
    assertThat(changedBy("load", "5000")).containsExactlyInAnyOrderElementsOf(ofPoint);
    assertThat(changedBy("statistic", "p50")).containsExactly("latency");
  }

  private static List<String> changedBy(String selector, String option) {
    String box = "document.querySelector('select[name=" + selector + "]')";
    String before = (String) browser.script("return " + box + ".value");
    Map<String, Integer> drawn = drawings();
    browser.select(selector, option);
    Map<String, Integer> then = drawings();
    if (!selector.equals("statistic")) {
      assertThat(text("#cdf figcaption")).contains(selector + " " + option);
    }
    browser.select(selector, before);
    assertThat(drawings()).isEqualTo(drawn);
    return CHARTS.stream().filter(chart -> !then.get(chart).equals(drawn.get(chart))).toList();
  }

  /** Hash codes, without the numbers that the library gives out anew for each drawing. */
  private static Map<String, Integer> drawings() {
    Map<String, Integer> drawings = new TreeMap<>();
    CHARTS.forEach(
        chart ->
            drawings.put(
                chart, browser.drawing(chart).replaceAll("zr[0-9][\\w-]*", "").hashCode()));
    return drawings;
  }

  @Test
  void theKeyboardReachesAndTurnsASelector() throws IOException {
    open("whole", 1280);
    String before = browser.drawing("throughput");
    WebElement focused = browser.driver.switchTo().activeElement();
    for (int presses = 0;
        presses < 40 && !"image".equals(focused.getAttribute("name"));
        presses++) {
      focused.sendKeys(Keys.TAB);
      focused = browser.driver.switchTo().activeElement();
    }
    assertThat(focused.getAttribute("name")).isEqualTo("image");
    focused.sendKeys("s");
    assertThat(browser.drawing("throughput").equals(before)).isFalse();
    assertThat(text("#throughput figcaption")).contains("image sdk-75");
  }

  @Test
  void aTipTellsTheFiguresUnderThePointer() throws IOException {
    open("whole", 1280);
    assertThat(tip("throughput", 3)).startsWith("load 40000").contains("v5 21,739 ± 87, saturated");
    assertThat(tip("latency", 3)).startsWith("load 40000").contains("v5 saturated");
    assertThat(tip("latency", 1)).startsWith("load 10000").contains("v5 629.4 ± 18.8");
    assertThat(tip("cdf", 50)).contains("v5 50.0 %");
    assertThat(tip("time-p99", 2)).startsWith("from 1 s").contains(" µs");
    assertThat(tip("time-p50", 3)).startsWith("from 1.5 s").contains(" µs");
    assertThat(tip("blame-chart", 4)).startsWith("v5").contains("wait:launch-enclave 39.19 µs");
  }

  private static String tip(String figure, int index) {
    browser.drawing(figure);
    return (String)
        browser.driver.executeAsyncScript(
            "const [figure, index, done] = arguments;"
                + "const place = document.querySelector(`#${figure} .chart`);"
                + "place.querySelector('.tip')?.remove();"
                // A line of figures that has one everywhere, direct-always, not of its intervals.
                + "const series = {throughput: 9, latency: 8}[figure] ?? 0;"
                + "echarts.getInstanceByDom(place)"
                + "  .dispatchAction({type: 'showTip', seriesIndex: series, dataIndex: index});"
                + "const look = () => { const tip = place.querySelector('.tip');"
                + "  if (tip) done([...tip.children].map(e => e.textContent).join(' '));"
                + "  else requestAnimationFrame(look); };"
                + "look();",
            figure,
            index);
  }

  @Test
  void aDesignThatIsSwitchedOffIsNowhereInTheCharts() throws IOException {
    open("whole", 1280);
    assertThat(text("#blame-chart")).contains("aesmd");
    browser.driver.findElement(By.cssSelector("input[value=aesmd]")).click();
    for (String chart : CHARTS) {
      assertThat(text("#" + chart)).as(chart).doesNotContain("aesmd");
      assertThat(browser.drawing(chart).contains("var(--series-2)")).as(chart).isFalse();
    }
    assertThat(text("#point-figures")).doesNotContain("aesmd");
    assertThat(text("#answers-table")).contains("aesmd");
  }

  @Test
  void allDesignsMayBeSaturatedOrSwitchedOff() throws IOException {
    open("whole", 1280);
    browser.select("image", "sdk-75");
    browser.select("load", "40000");
    assertThat(text("#cdf figcaption"))
        .contains("Saturated here, so left out: v5, v6, aesmd, user-le-4-cache, direct-always.");
    assertThat(text("#slowest")).contains("No launches to show");
    browser.driver.findElements(By.name("design")).forEach(WebElement::click);
    assertThat(text("#point-figures tbody")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"whole", "single", "hostile"})
  void everyChartAndControlSaysWhatItIs(String name) throws IOException {
    open(name, 1280);
    assertThat(
            number(
                "[...document.querySelectorAll('.chart')].filter(c => "
                    + "c.getAttribute('role') === 'img' && c.getAttribute('aria-label').length > 20).length"))
        .isEqualTo(number("document.querySelectorAll('.chart').length"))
        .isGreaterThanOrEqualTo(4);
    assertThat(
            number(
                "[...document.querySelectorAll('select, input')]"
                    + ".filter(c => c.labels.length !== 1 || !c.labels[0].textContent.trim()).length"))
        .isZero();
    assertThat(
            number(
                "[...document.querySelectorAll('[aria-labelledby]')].filter(e => "
                    + "!document.getElementById(e.getAttribute('aria-labelledby'))?.textContent).length"))
        .isZero();
    assertThat(
            number(
                "[...document.querySelectorAll('table')].filter(t => !t.querySelector("
                    + "'thead th[scope=col]') || t.querySelector('tbody tr:not(:has(> th))')).length"))
        .isZero();
    assertThat(number("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"))
        .isEqualTo(number("document.querySelectorAll('[id]').length"));
  }

  @Test
  void theDarkSchemeReachesTheCharts() throws IOException {
    String colours =
        "[getComputedStyle(document.documentElement).backgroundColor,"
            + " getComputedStyle(document.querySelector('#throughput path[stroke=\"var(--series-0)\"]'))"
            + ".stroke].join(' ')";
    open("whole", 1280);
    assertThat(browser.script("return " + colours))
        .isEqualTo("rgb(253, 253, 251) rgb(47, 87, 181)");
    browser.media("", "dark");
    assertThat(browser.script("return " + colours)).isEqualTo("rgb(22, 24, 27) rgb(143, 171, 245)");
  }

  @Test
  void paperGetsEverythingOpenedAndNoControls() throws IOException {
    open("whole", 1280);
    browser.media("print", "dark");
    assertThat(browser.script("return getComputedStyle(document.documentElement).backgroundColor"))
        .isEqualTo("rgb(255, 255, 255)");
    assertThat(browser.driver.findElement(By.id("controls")).isDisplayed()).isFalse();

    String closed = "[...document.querySelectorAll('details')].filter(d => !d.open).length";
    assertThat(number(closed)).isPositive();
    browser.script("dispatchEvent(new Event('beforeprint'))");
    assertThat(number(closed)).isZero();
    assertThat(number("document.querySelector('#cdf svg').clientWidth")).isEqualTo(660);
    browser.script("dispatchEvent(new Event('afterprint'))");
    assertThat(number(closed)).isPositive();

    String pdf = (String) browser.driver.executeCdpCommand("Page.printToPDF", Map.of()).get("data");
    assertThat(Base64.getDecoder().decode(pdf))
        .startsWith("%PDF".getBytes())
        .hasSizeGreaterThan(50_000);
  }

  @Test
  void aRunIsAStudyOfOneDesignAtOnePoint() throws IOException {
    open("single", 1280);
    assertThat(text("#lead"))
        .startsWith("v5 launches in 184.9 µs on average")
        .contains("The busiest resource is launch-enclave, 46.0 % busy.")
        .contains("One replication, so without intervals.");
    for (String absent :
        List.of("answers-table", "pairs-table", "against-load", "controls", "chips")) {
      assertThat(browser.driver.findElements(By.id(absent)))
          .as(absent)
          .allMatch(element -> !element.isDisplayed());
    }
    assertThat(text("main")).doesNotContain("±").doesNotContain("significant");
    assertThat(text("#contents")).doesNotContain("Paired").doesNotContain("Against load");
  }
}
