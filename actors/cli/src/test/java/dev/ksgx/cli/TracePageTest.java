package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.browser.Chromium;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code trace page} of a real run: what a browser shows is what the questions answer. */
class TracePageTest {
  @TempDir static Path folder;
  private static Path trace;

  @BeforeAll
  static void record() {
    trace = recorded("t", 40);
  }

  private static Path recorded(String name, int launches) {
    Path file = folder.resolve(name);
    String length = "load.length=" + launches + " launches";
    String cold = "load.warm-up=0 ms";
    Ran ran = Ran.ksgx("run", "closed-loop", "--set", length, "--set", cold, "--trace", file);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    return file;
  }

  private static Path page(String name, Object... options) {
    Path file = folder.resolve(name);
    List<Object> words = new ArrayList<>(List.of("trace", "page", trace, "--out", file));
    words.addAll(List.of(options));
    Ran ran = Ran.ksgx(words.toArray());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    return file;
  }

  private static String refused(Object... options) {
    List<Object> words =
        new ArrayList<>(List.of("trace", "page", trace, "--out", folder.resolve("refused.html")));
    words.addAll(List.of(options));
    Ran ran = Ran.ksgx(words.toArray());
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(folder.resolve("refused.html")).doesNotExist();
    return ran.err();
  }

  private static String micros(long nanos) {
    return String.format(Locale.ROOT, "%,d.%03d", nanos / 1000, nanos % 1000);
  }

  @Test
  void aLaunchIsShownWithItsBlameAndItsMessages() throws IOException {
    Path page = page("launch.html", "--launch", "7");
    try (TraceStore store = TraceStore.open(trace, Progress.NONE);
        Chromium browser = new Chromium(folder.resolve("profile-launch"))) {
      browser.open(page, "#launch-7", 1280);
      Request launch = new Requests(store).numbered(7).orElseThrow();
      assertThat(browser.texts("#panel h2"))
          .containsExactly("launch 7 took " + micros(launch.latencyNanos()) + " µs");
      List<Part> path = new Blame(store).path(launch);
      List<String> shown = browser.texts("#panel .path > li");
      assertThat(shown).hasSameSizeAs(path);
      for (int i = 0; i < shown.size(); i++) {
        Part part = path.get(i);
        assertThat(shown.get(i))
            .contains(micros(part.nanos()) + " ", "from " + micros(part.start()), part.resource());
        if (!part.holders().isEmpty()) {
          String held = part.kind() == Part.Kind.LATE ? " with " : " held by ";
          assertThat(shown.get(i)).contains(held + part.holders().get(0).name() + " ");
        }
      }
      Messages messages = new Messages(store);
      List<Message> served = messages.ofRequest(launch.id());
      for (Message message : List.of(served.get(0), served.get(served.size() - 1))) {
        browser.go("m" + message.id());
        assertThat(browser.texts("#panel h2"))
            .containsExactly("m" + message.id() + " " + message.type());
        List<Long> causes = messages.causes(message.id());
        // Of a long chain both ends are shown.
        assertThat(browser.texts("#panel .chain .id")).startsWith("m" + causes.get(1));
        assertThat(browser.texts("#panel > .note").toString())
            .contains("m" + causes.get(causes.size() - 1) + " is a root (");
      }
      everyMessageIsTheTraces(browser, messages, served);
      assertThat(browser.console()).isEmpty();
    }
  }

  private static void everyMessageIsTheTraces(
      Chromium browser, Messages messages, List<Message> served) {
    List<?> lines =
        (List<?>)
            browser.script(
                "return Array.from(Trace.id, (id, i) => [id, Trace.causeId[i], Trace.from(i),"
                    + " Trace.actors[Trace.receiver[i]], Trace.sent[i], Trace.handled[i],"
                    + " Trace.types[Trace.type[i]], Trace.fieldText(i)].join(' '))");
    List<String> expected =
        served.stream()
            .flatMap(message -> messages.causes(message.id()).stream())
            .distinct()
            .sorted()
            .map(id -> messages.find(id).orElseThrow())
            .map(TracePageTest::line)
            .toList();
    assertThat(expected).hasSizeGreaterThan(served.size());
    assertThat(new ArrayList<Object>(lines)).isEqualTo(expected);
  }

  private static String line(Message m) {
    String origin = m.origin() == null ? "(outside)" : "(" + m.origin() + ")";
    String fields = m.fields() == null ? "" : m.fields().replaceAll("[{}\"]", "").replace(':', '=');
    return String.join(
        " ",
        Long.toString(m.id()),
        Long.toString(m.cause()),
        m.sender() == null ? origin : m.sender(),
        m.receiver(),
        Long.toString(m.sent()),
        Long.toString(m.handled()),
        m.type(),
        fields);
  }

  @Test
  void withoutAnOptionItShowsTheTenSlowest() throws IOException {
    Path page = page("slowest.html");
    assertThat(page).content().contains("<title>The 10 slowest launches · trace</title>");
    assertThat(Files.readString(page("again.html", "--slowest", "10")))
        .isEqualTo(Files.readString(page));
    try (TraceStore store = TraceStore.open(trace, Progress.NONE);
        Chromium browser = new Chromium(folder.resolve("profile-slowest"))) {
      browser.open(page, "", 1280);
      List<String> slowest = new ArrayList<>();
      for (Request request : new Requests(store).slowest(10, 0)) {
        slowest.add(request.name() + " " + micros(request.latencyNanos()) + " µs");
      }
      assertThat(browser.texts("#panel .request")).isEqualTo(slowest);
      assertThat(browser.console()).isEmpty();
    }
  }

  @Test
  void launchesAreGivenOneByOneOrAsAListAndATimeByItsEnds() throws IOException {
    assertThat(Files.readString(page("list.html", "--launch", "3,5")))
        .isEqualTo(Files.readString(page("each.html", "--launch", "3", "--launch", "5")))
        .contains("<title>launch 3 and launch 5 · trace</title>");
    assertThat(Files.readString(page("time.html", "--from", "1000000", "--to", "2000000")))
        .contains("<title>1,000 to 2,000 µs · trace</title>");
  }

  @Test
  void whatCannotBeShownIsSaidInOneLine() {
    assertThat(refused("--launch", "7", "--slowest", "2")).contains("exclude each other: give one");
    assertThat(refused("--slowest", "2", "--to", "9")).contains("exclude each other: give one");
    assertThat(refused("--slowest", "0")).contains("--slowest 0: must be at least 1");
    assertThat(refused("--launch", "4711")).contains("launch 4711: had not begun in this trace");
    Ran nowhere = Ran.ksgx("trace", "page", trace, "--out", folder.resolve("no").resolve("page"));
    assertThat(nowhere.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(nowhere.err()).contains("no such directory");
    assertThat(Ran.ksgx("trace", "page", trace).code()).isEqualTo(ExitCode.BAD_INPUT);
  }

  /** Prints how long a page of 50,000 messages takes; the figures of the README are these. */
  @Test
  @Tag("soak")
  void fiftyThousandMessagesOpenAndMove() throws IOException {
    trace = recorded("large", 1_000);
    long to;
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      to = new Messages(store).find(50_000).orElseThrow().handled();
    }
    Path page = page("large.html", "--to", to);
    try (Chromium browser = new Chromium(folder.resolve("profile-large"))) {
      for (int run = 0; run < 5; run++) {
        long began = System.nanoTime();
        browser.open(page, "", 1280);
        long opened = System.nanoTime() - began;
        System.out.printf(
            "%,d messages, %,d kB: opened in %.2f s; median (greatest) of a step in ms: pan %s,"
                + " zoom %s, lanes %s; search %s%n",
            ((Number) browser.script("return Trace.size")).intValue(),
            Files.size(page) / 1000,
            opened / 1e9,
            steps(browser, "View.pan(n % 2 ? 0.1 : -0.1)"),
            steps(browser, "View.zoomBy(n < 20 ? 1.3 : 1 / 1.3)"),
            steps(browser, "View.scroller.scrollTop += 40"),
            steps(
                browser, "Search.box.value = ['add', 'task=5', 'enclave-1'][n % 3]; Search.run()"));
      }
      assertThat(((Number) browser.script("return Trace.size")).intValue())
          .isGreaterThanOrEqualTo(50_000);
      assertThat(browser.console()).isEmpty();
    }
  }

  /** From the step to the frame after that on which it is drawn, 40 times. */
  private static String steps(Chromium browser, String step) {
    return (String)
        browser.driver.executeAsyncScript(
            "const done = arguments[0], took = []; let n = 0;"
                + "function next() { const begun = performance.now(); "
                + step
                + "; requestAnimationFrame(() => { const message = new MessageChannel();"
                + " message.port1.onmessage = () => { took.push(performance.now() - begun);"
                + " if (++n < 40) next(); else { took.sort((a, b) => a - b);"
                + " done(took[20].toFixed(0) + ' (' + took[39].toFixed(0) + ')'); } };"
                + " message.port2.postMessage(0); }); }"
                + "next();");
  }
}
