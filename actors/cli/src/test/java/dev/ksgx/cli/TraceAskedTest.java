package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.query.Window;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions to a trace of a storm that ends with launches under way, and what cannot be asked. */
class TraceAskedTest {
  @TempDir static Path folder;
  private static Path trace;
  private static Path requests;
  private static JsonNode report;

  @BeforeAll
  static void record() throws IOException {
    trace = folder.resolve("storm");
    requests = folder.resolve("requests");
    report = new ObjectMapper().readTree(storm(trace).out());
    storm(requests, "--trace-detail", "requests");
  }

  private static Ran storm(Path to, String... more) {
    List<Object> words = new ArrayList<>(List.of("run", "launch-storm", "--no-digest", "--json"));
    words.addAll(List.of("--set", "load.length=3 ms", "--set", "load.warm-up=1 ms"));
    words.addAll(List.of("--trace", to));
    words.addAll(List.of(more));
    Ran ran = Ran.ksgx(words.toArray());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    return ran;
  }

  private static Ran ask(int code, Path of, String words) {
    String[] split = words.split(" ");
    List<Object> all = new ArrayList<>(List.of("trace", split[0], of));
    all.addAll(List.of(split).subList(1, split.length));
    Ran ran = Ran.ksgx(all.toArray());
    assertThat(ran.code()).as(words + ": " + ran.err()).isEqualTo(code);
    return ran;
  }

  private static List<Request> underWay() throws IOException {
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      Requests all = new Requests(store);
      return all.underWay(all.measuredFromNanos());
    }
  }

  @Test
  void blameSaysHowManyLaunchesItLeavesOut() {
    int inFlight = report.at("/launches/inFlight").asInt();
    assertThat(inFlight).isPositive();
    String said = "  left out: " + inFlight + " that had begun and not ended when the trace did, ";
    assertThat(ask(ExitCode.OK, trace, "blame").out()).contains(said);
    assertThat(ask(ExitCode.OK, trace, "blame --slowest 2").out()).contains(said);
  }

  @Test
  void aLaunchUnderWayIsAskedLikeAnyOther() throws IOException {
    Request open = underWay().get(0);
    long number = open.number();
    assertThat(ask(ExitCode.OK, trace, "blame --launch " + number).out())
        .startsWith(
            "launch %d (request %d) was under way when the trace ended"
                .formatted(number, open.id()))
        .isEqualTo(ask(ExitCode.OK, trace, "blame --request " + open.id()).out());
    assertThat(ask(ExitCode.OK, trace, "launch " + number).out())
        .startsWith("launch " + number + ": planned at ")
        .contains(" us, under way at the end, after ");
    String listed = ask(ExitCode.OK, trace, "list --launch " + number).out();
    assertThat(listed.lines()).hasSizeGreaterThan(5);
    String first = listed.substring(0, listed.indexOf(' '));
    assertThat(ask(ExitCode.OK, trace, "show " + first).out())
        .contains("  launch " + number + " (under way at the end)");
    Path page = folder.resolve("page.html");
    ask(ExitCode.OK, trace, "page --out " + page + " --launch " + number);
    assertThat(page).content().contains("<title>launch " + number + " (under way at the end)");
    assertThat(ask(ExitCode.OK, trace, "export --format jsonl --launch " + number).out().lines())
        .hasSizeGreaterThan(5);
    Ran otlp = ask(ExitCode.OK, trace, "export --format otlp --launch " + number);
    assertThat(otlp.out()).isEmpty();
    assertThat(otlp.err())
        .matches(
            "trace: otlp: [0-9]+ messages are left out, which serve no request, or one that has no"
                + " end here\\R");
  }

  @Test
  void resourcesAreThoseOfTheReport() throws IOException {
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      Window window = Window.measured(store, 10);
      Map<String, ResourceUse> uses =
          ResourceUse.of(store, window).stream()
              .collect(Collectors.toMap(ResourceUse::group, use -> use));
      int compared = 0;
      for (JsonNode told : report.get("binds")) {
        String name = told.get("resource").asText();
        if (List.of("launch-enclave", "cores", "add-worker").contains(name)) {
          compared++;
          ResourceUse use = uses.get(name);
          double length = window.nanos();
          assertThat(use.heldNanos() / length / use.capacity())
              .as(name)
              .isCloseTo(told.get("utilisation").asDouble(), within(1e-6));
          assertThat(use.queuedNanos() / length)
              .as(name)
              .isCloseTo(told.get("meanQueue").asDouble(), within(1e-6));
        }
      }
      assertThat(compared).isEqualTo(3);
    }
    assertThat(ask(ExitCode.OK, trace, "resources").out())
        .startsWith("from 1,000.000 to 4,000.000 us\nresource ")
        .contains("util %", "     1,000     1,300     1,600 ");
    assertThat(ask(ExitCode.OK, trace, "resources --warm-up").out())
        .startsWith("from 0.000 to 4,000.000 us\n");
    assertThat(ask(ExitCode.OK, trace, "actors --limit 1").out().lines())
        .first()
        .isEqualTo("from 1,000.000 to 4,000.000 us");
  }

  @Test
  void figuresOfAPartSayThatTheyAre() {
    Path part = folder.resolve("part");
    storm(part, "--trace-one-in", "3", "--trace-only", "kind=launch");
    for (String question : List.of("resources", "actors")) {
      assertThat(ask(ExitCode.OK, part, question).out().lines())
          .first()
          .asString()
          .endsWith(" us; of what was recorded alone, which is one request in 3, kind=launch");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "list --from 5 --to 2        | --from 5 --to 2: ends before it begins",
        "states --from 5 --to 2      | --from 5 --to 2: ends before it begins",
        "export --format jsonl --from 5 --to 2 | --from 5 --to 2: ends before it begins",
        "page --out p --from 5 --to 2          | --from 5 --to 2: ends before it begins",
        "page --out p --from 99999999999 | --from 99999999999: the trace ends at 4000000",
        "blame --slowest 0           | --slowest 0: must be at least 1",
        "page --out p --slowest -1   | --slowest -1: must be at least 1",
        "list --limit -1             | --limit -1: must be at least 1",
        "states --limit 0            | --limit 0: must be at least 1",
        "actors --limit 0            | --limit 0: must be at least 1",
        "blame --slowest 1 --launch 30 | --launch, --request and --slowest exclude each other: give one",
        "list --launch 30 --request 5  | --launch and --request exclude each other: give one",
        "export --format jsonl --flows all | --flows: there are none but with --format perfetto",
        "diff other --around 3       | --around: shows nothing without --shiviz OUT",
        "list --field =1             | --field =1: expected NAME=VALUE with a whole number, such as task=12",
        "list --field a\"b=1         | --field a\"b=1: expected NAME=VALUE with a whole number, such as task=12",
        "list --field task           | --field task: expected NAME=VALUE with a whole number, such as task=12",
        "list --type Nonsense | no message of type Nonsense in this trace; ksgx trace sql FILE \"select name from type order by 1\" lists them",
        "list --actor encl-17 | no actor encl-17 in this trace; ksgx trace sql FILE \"select path from actor order by 1\" lists them",
        "list --field tusk=1  | no key field tusk in this trace; ksgx trace sql FILE \"select distinct f.key from message m, json_each(m.fields) f order by 1\" lists them",
        "states --name mood   | no state mood in this trace; ksgx trace sql FILE \"select distinct name from states order by 1\" lists them",
        "launch 99999         | launch 99999: had not begun in this trace, or is not in it",
        "blame --request 5    | request 5: neither ended nor has a name in this trace"
      })
  void whatHasNoAnswerIsSaidInOneLine(String question, String said) {
    assertThat(ask(ExitCode.BAD_INPUT, trace, question).err())
        .isEqualTo("ksgx: " + said + System.lineSeparator());
  }

  @ParameterizedTest
  @CsvSource({"enclave, 1", "process, 20", "core, 1"})
  void aFieldIsAlsoTheNumberOfAnActorAndOfNoneThatBeginsLikeIt(String name, int number)
      throws IOException {
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      String actor = "/%s-%d/".formatted(name, number);
      List<String> expected =
          store.list(
              "select id from messages where instr(sender || '/', ?) > 0"
                  + " or instr(receiver || '/', ?) > 0 or fields ->> ? = ? order by id",
              row -> "m" + row.getLong(1),
              actor,
              actor,
              name,
              number);
      assertThat(expected).isNotEmpty();
      String found =
          ask(ExitCode.OK, trace, "list --limit 99999 --field " + name + "=" + number).out();
      assertThat(found.lines().map(line -> line.substring(0, line.indexOf(' '))))
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void whatIsThereButDoesNotComeTogetherIsNoError() {
    assertThat(ask(ExitCode.OK, trace, "list --type Ioctl --field task=999999").out()).isEmpty();
    assertThat(ask(ExitCode.OK, trace, "list --type Ioctl --field task=12").out()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "list",
    "show m1",
    "why m1",
    "launch 30",
    "states",
    "actors",
    "diff other",
    "export --format shiviz"
  })
  void aTraceWithoutMessagesSaysSo(String question) {
    assertThat(ask(ExitCode.BAD_INPUT, requests, question).err())
        .startsWith(
            "ksgx: there are no messages in this trace, which was recorded with --trace-detail"
                + " requests;");
  }

  @Test
  void aPageOfATraceWithoutMessagesAndAnExportAreOfLaunchesAndSaySo() {
    Path page = folder.resolve("requests.html");
    assertThat(ask(ExitCode.OK, requests, "page --out " + page).err())
        .startsWith("trace: there are no messages on it, recorded with --trace-detail requests");
    Ran perfetto = ask(ExitCode.OK, requests, "export --format perfetto");
    assertThat(perfetto.out()).contains("\"name\":\"launch 30\"");
    assertThat(perfetto.err()).startsWith("trace: there are no messages in it, ");
  }

  @Test
  void aTraceWithoutKeyFieldsSaysSo() {
    Path bare = folder.resolve("bare");
    storm(bare, "--trace-detail", "messages");
    assertThat(ask(ExitCode.BAD_INPUT, bare, "list --field task=1").err())
        .startsWith("ksgx: there are no key fields in this trace, which was recorded with");
    Ran diff = ask(ExitCode.NO, bare, "diff " + trace);
    assertThat(diff.err()).startsWith("trace: one of the two has key fields, the other none");
    assertThat(diff.out()).contains(" messages are the same; then");
  }

  @Test
  void aTraceWithoutMessagesStillAnswersBlameAndResources() {
    for (String question : List.of("blame", "resources")) {
      assertThat(ask(ExitCode.OK, requests, question).out())
          .isEqualTo(ask(ExitCode.OK, trace, question).out());
    }
  }

  @Test
  void noRequestOfALifeHasANameAndBlameSaysWhatToAskInstead() {
    Path lives = folder.resolve("lives");
    Ran ran =
        Ran.ksgx(
            "run",
            "sdk-heap-80mb",
            "--set",
            "load.groups.sdk.unmeasured-pages=50",
            "--trace",
            lives);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    String said = ask(ExitCode.BAD_INPUT, lives, "blame").err();
    assertThat(said)
        .matches(
            "ksgx: no request of this trace has a name, as launches have; blame --request [0-9]+"
                + " tells of the longest that ended\\R");
    String question = said.replaceAll("(?s).*(blame --request [0-9]+).*", "$1");
    assertThat(ask(ExitCode.OK, lives, question).out())
        .startsWith("request " + question.substring(question.lastIndexOf(' ') + 1) + " took ")
        .contains("served by core-");
  }

  @Test
  void whatATraceIsToHaveIsRefusedWithoutOne() {
    for (String option : List.of("--trace-one-in=3", "--trace-detail=messages")) {
      Ran ran = Ran.ksgx("run", "closed-loop", option);
      assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(ran.err())
          .startsWith(
              "ksgx: "
                  + option.substring(0, option.indexOf('='))
                  + ": records nothing without --trace FILE");
    }
  }
}
