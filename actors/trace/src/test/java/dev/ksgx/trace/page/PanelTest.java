package dev.ksgx.trace.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.BlameText;
import dev.ksgx.trace.text.MessageText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the panel says is what the questions of the library answer, for the launches of the yard.
 */
class PanelTest {
  @TempDir static Path folder;
  private static TraceStore store;
  private static Browser browser;

  @BeforeAll
  static void open() throws IOException {
    browser = new Browser(folder.resolve("profile"));
    Path trace = folder.resolve("yard.trace");
    Yard.record(trace, TraceOptions.everything());
    store = TraceStore.open(trace, Progress.NONE);
    Path page = folder.resolve("yard.html");
    InspectorPage.write(store, Scene.of(new Requests(store).slowest(3, 0)), page);
    browser.open(page, "", 1280);
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
      store.close();
    }
  }

  private static String micros(long nanos) {
    return String.format(Locale.ROOT, "%,d.%03d", nanos / 1000, nanos % 1000);
  }

  private static String share(long part, long whole) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  @Test
  void theFirstViewHasTheLaunchesTheSlowestFirstAndWhereTheTimeWent() {
    browser.go("");
    assertThat(browser.texts("#panel .request"))
        .containsExactly("launch 2 100.000 µs", "launch 3 85.000 µs", "launch 1 60.000 µs");
    List<Request> all = new Requests(store).all();
    List<String> totals = new ArrayList<>();
    new Blame(store)
        .totals(all)
        .forEach((what, n) -> totals.add(what + " " + micros(n) + " " + share(n, 245_000)));
    assertThat(totals).startsWith("own work at crane 100.000 40.8 %", "wait crane 40.000 16.3 %");
    assertThat(browser.texts("#panel .totals tbody tr")).isEqualTo(totals);
    assertThat(browser.text("#panel .totals tfoot")).isEqualTo("together 245.000");
  }

  @Test
  void theSecondLaunchIsBlamedAsComputedByHand() {
    browser.go("launch-2");
    assertThat(browser.text("#panel h2")).isEqualTo("launch 2 took 100.000 µs");
    assertThat(browser.texts("#panel .path > li"))
        .containsExactly(
            "waited for crane 40.000 40.0 % from 10.000 held by launch 1 40.000",
            "waited for work of its own at crane, done beside 50.000 50.0 % from 50.000",
            "served by way-2 10.000 10.0 % from 100.000");
    browser.go("launch-3");
    assertThat(browser.texts("#panel .path > li"))
        .containsExactly(
            "not begun: whoever makes it was busy 5.000 5.9 % from 15.000",
            "waited for desk 40.000 47.1 % from 20.000 held by launch 1 10.000 launch 2 30.000",
            "served by desk 30.000 35.3 % from 60.000",
            "served by way-3 10.000 11.8 % from 90.000");
  }

  @Test
  void everyLaunchHasThePartsOfItsBlameInOrder() {
    for (Request request : new Requests(store).all()) {
      browser.go(request.name().replace(' ', '-'));
      List<String> figures = new ArrayList<>();
      for (Part part : new Blame(store).path(request)) {
        figures.add(
            micros(part.nanos())
                + " "
                + share(part.nanos(), request.latencyNanos())
                + " from "
                + micros(part.start()));
      }
      List<String> shown = browser.texts("#panel .path .part");
      assertThat(shown).hasSameSizeAs(figures);
      for (int i = 0; i < shown.size(); i++) {
        assertThat(shown.get(i)).endsWith(figures.get(i));
      }
    }
  }

  @Test
  void aPartIsTheSameWordsAsInATerminal() {
    for (Request request : new Requests(store).all()) {
      List<String> terminal =
          BlameText.path(request, new Blame(store).path(request))
              .lines()
              .filter(line -> line.contains(" us from "))
              .map(line -> line.substring(line.indexOf(": ") + 2))
              .toList();
      assertThat(terminal).isNotEmpty();
      String words = "Trace.named('" + request.name() + "').path.map(Blame.words).join('|')";
      assertThat(((String) browser.script("return " + words)).split("[|]"))
          .containsExactlyElementsOf(terminal);
    }
  }

  @Test
  void everyMessageHasItsFactsItsCauseItsEffectsAndItsChain() {
    Messages messages = new Messages(store);
    List<Message> all =
        new Requests(store)
            .all().stream()
                .flatMap(request -> messages.ofRequest(request.id()).stream())
                .flatMap(m -> messages.causes(m.id()).stream())
                .distinct()
                .map(id -> messages.find(id).orElseThrow())
                .toList();
    assertThat(all).hasSizeGreaterThan(30);
    for (Message message : all) {
      browser.go("m" + message.id());
      assertThat(browser.text("#panel h2")).isEqualTo("m" + message.id() + " " + message.type());
      Map<String, String> facts = facts();
      String origin = message.origin() == null ? "(outside)" : "(" + message.origin() + ")";
      assertThat(facts)
          .containsEntry("from", message.sender() == null ? origin : message.sender())
          .containsEntry("to", message.receiver())
          .containsEntry("handled", micros(message.handled()) + " µs");
      assertThat(facts.get("sent")).startsWith(micros(message.sent()) + " µs");
      assertThat(facts.get("fields"))
          .isEqualTo(
              message.fields() == null
                  ? null
                  : message.fields().replaceAll("[{}\"]", "").replace(':', '=').replace(',', ' '));
      assertThat(facts.get("request"))
          .isEqualTo(
              message.request() == 0
                  ? null
                  : "launch " + (message.request() - 100) + " (request " + message.request() + ")");
      cause(message, facts.get("cause"));
      assertThat(ids("#panel h3 + .messages:not(.chain) .id"))
          .as("effects of m%d", message.id())
          .isEqualTo(
              messages.effects(message.id()).stream()
                  .map(Message::id)
                  .filter(id -> all.stream().anyMatch(m -> m.id() == id))
                  .toList());
      List<Long> causes = messages.causes(message.id());
      assertThat(ids("#panel .chain .id")).isEqualTo(causes.subList(1, causes.size()));
      assertThat(new MessageText(store).why(message)).contains("which is a root (");
      assertThat(browser.text("#panel > .note:last-child"))
          .startsWith("m" + causes.get(causes.size() - 1) + " is a root (");
    }
  }

  private static void cause(Message message, String shown) {
    if (message.cause() == 0) {
      assertThat(shown)
          .isEqualTo("none: " + (message.origin() == null ? "from outside" : message.origin()));
    } else {
      Message cause = new Messages(store).find(message.cause()).orElseThrow();
      assertThat(shown)
          .startsWith("m" + cause.id() + " " + micros(cause.handled()) + " " + cause.type())
          .endsWith(
              (cause.sender() == null ? "(" + cause.origin() + ")" : cause.sender())
                  + " → "
                  + cause.receiver());
    }
  }

  private static Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    List<String> names = browser.texts("#panel .facts dt");
    List<String> values = browser.texts("#panel .facts dd");
    for (int i = 0; i < names.size(); i++) {
      facts.put(names.get(i), values.get(i).strip());
    }
    return facts;
  }

  private static List<Long> ids(String selector) {
    return browser.texts(selector).stream().map(id -> Long.valueOf(id.substring(1))).toList();
  }
}
