package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Holder;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run --trace}, and the questions to what it wrote. */
class TraceCommandTest {
  private static final Set<String> FIELDS =
      Set.of(
          "EADD",
          "ECREATE",
          "EENTER",
          "EEXTEND",
          "EINIT",
          "EREMOVE",
          "ERESUME",
          "EPA",
          "WRMSR",
          "address",
          "bytes",
          "child",
          "code",
          "fault",
          "core",
          "cores",
          "creator",
          "endedNanos",
          "frame",
          "freed",
          "ioctl",
          "isolated",
          "launch",
          "looked",
          "outcome",
          "partial",
          "plannedNanos",
          "process",
          "result",
          "stage",
          "startedNanos",
          "steps",
          "succeeded",
          "task");

  @TempDir Path folder;

  private Ran run(Path trace, String length, String... more) {
    List<Object> words =
        new java.util.ArrayList<>(
            List.of("run", "closed-loop", "--set", "load.length=" + length + " launches"));
    words.addAll(List.of("--set", "load.warm-up=0 ms", "--json"));
    words.addAll(List.of(more));
    if (trace != null) {
      words.addAll(List.of("--trace", trace));
    }
    Ran ran = Ran.ksgx(words.toArray());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    return ran;
  }

  private static String question(int code, Object... words) {
    Ran ran = Ran.ksgx(words);
    assertThat(ran.code()).as(ran.err()).isEqualTo(code);
    return code == ExitCode.OK ? ran.out() : ran.err();
  }

  private static String withoutWallTime(String report) {
    return report.replaceAll("\"wall[A-Za-z]*\":[0-9.E]+", "");
  }

  @Test
  void aTraceDoesNotDisturbTheRunAndIsTheSameForTheSameSeed() throws IOException {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    Ran plain = run(null, "40");
    Ran traced = run(one, "40");
    run(other, "40");
    assertThat(traced.out()).contains("\"digest\"");
    assertThat(withoutWallTime(traced.out())).isEqualTo(withoutWallTime(plain.out()));
    assertThat(traced.err()).contains(" messages in " + one);
    assertThat(Files.mismatch(one, other)).as("byte for byte").isEqualTo(-1);
  }

  @Test
  void blameCountsTheLaunchesOfTheReportAndNotThoseOfTheWarmUp() {
    Path trace = folder.resolve("t");
    String report = run(trace, "300", "--set", "load.warm-up=5 ms").out();
    String blamed = question(ExitCode.OK, "trace", "blame", trace);
    String all = question(ExitCode.OK, "trace", "blame", trace, "--warm-up");
    long launches = Long.parseLong(figure(report, "\"succeeded\":([0-9]+)"));
    double mean = Double.parseDouble(figure(report, "\"latencyMicros\":\\{\"mean\":([0-9.]+)"));
    assertThat(blamed).startsWith("%,d requests, together".formatted(launches));
    assertThat(blamed).contains("on average %.3f us".formatted(mean));
    assertThat(Long.parseLong(figure(all, "^([0-9,]+) requests"))).isGreaterThan(launches);
  }

  private static String figure(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  /** One thread has something in hand all the time: what it had explains all of a late start. */
  @Test
  void aLateStartSaysWhatItsMakerWasBusyWith() throws IOException {
    Path trace = folder.resolve("t");
    Ran ran =
        Ran.ksgx(
            "run",
            "--set",
            "load.processes=1",
            "--set",
            "load.rate=9000",
            "--set",
            "load.length=30 launches",
            "--trace",
            trace);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      Blame blame = new Blame(store);
      List<Part> late =
          new Requests(store)
              .all().stream()
                  .map(request -> blame.path(request).get(0))
                  .filter(part -> part.kind() == Part.Kind.LATE)
                  .toList();
      assertThat(late)
          .hasSizeGreaterThan(10)
          .allSatisfy(
              part ->
                  assertThat(part.holders().stream().mapToLong(Holder::nanos).sum())
                      .isEqualTo(part.nanos()));
    }
    assertThat(question(ExitCode.OK, "trace", "blame", trace, "--slowest", "1"))
        .contains("not begun: whoever makes it was busy, with launch ");
  }

  @Test
  void noKeyAndNoPageIsInATrace() throws IOException {
    Path trace = folder.resolve("t");
    run(trace, "3", "--set", "load.image=pages-75", "--set", "load.processes=2");
    SignedEnclave target = SampleEnclaves.seventyFivePages();
    Set<Long> secrets = new HashSet<>();
    target.image().pages().forEach(page -> words(page.content(), secrets));
    words(target.sigStruct().modulus(), secrets);
    words(target.sigStruct().signature(), secrets);
    words(target.image().mrenclave(), secrets);
    assertThat(secrets).hasSizeGreaterThan(100);
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      Set<Long> told =
          new HashSet<>(
              store.list(
                  "select distinct j.atom from message m, json_tree(m.fields) j"
                      + " where j.type = 'integer'",
                  row -> row.getLong(1)));
      assertThat(told).hasSizeGreaterThan(50).doesNotContainAnyElementsOf(secrets);
      assertThat(
              store.list(
                  "select distinct j.key from message m, json_each(m.fields) j",
                  row -> row.getString(1)))
          .as("a new field: is it none of the enclave's secrets?")
          .isSubsetOf(FIELDS);
    }
  }

  /** Every eight bytes that are no small number, in both orders of bytes. */
  private static void words(Bytes bytes, Set<Long> to) {
    for (int at = 0; at + 8 <= bytes.length(); at++) {
      long word = bytes.u64(at);
      for (long value : new long[] {word, Long.reverseBytes(word)}) {
        if (Math.abs(value) >= 1L << 48) {
          to.add(value);
        }
      }
    }
  }

  @Test
  void questionsAreAnswered() {
    Path trace = folder.resolve("t");
    run(trace, "30");
    String slowest = question(ExitCode.OK, "trace", "blame", trace, "--slowest", "2");
    assertThat(slowest)
        .contains("launch ", "waited for ", "served by core-", "2 requests, together");
    assertThat(question(ExitCode.OK, "trace", "blame", trace)).contains("wait launch-enclave");
    assertThat(question(ExitCode.OK, "trace", "blame", trace, "--launch", "7"))
        .startsWith("launch 7 (request ");
    assertThat(question(ExitCode.OK, "trace", "list", trace, "--launch", "7", "--field", "EINIT=1"))
        .as("the instructions of a burst by name")
        .contains("CoreMessage$Execute(task=", "EINIT=1");
    String tokens =
        question(ExitCode.OK, "trace", "list", trace, "--launch", "7", "--type", "GetToken");
    assertThat(tokens.lines()).hasSize(1);
    String id = tokens.substring(0, tokens.indexOf(' '));
    assertThat(question(ExitCode.OK, "trace", "show", trace, id))
        .contains("LaunchControlMessage$GetToken", "launch 7", "cause ");
    assertThat(question(ExitCode.OK, "trace", "why", trace, "#" + id))
        .contains("because of ", "which is a root (", "up to then");
    assertThat(question(ExitCode.OK, "trace", "launch", trace, "7"))
        .contains("launch 7: planned at", "DeviceMessage$Ioctl", "/user/kernel/scheduler");
    assertThat(question(ExitCode.OK, "trace", "actors", trace)).contains("/user/kernel/scheduler");
    assertThat(question(ExitCode.OK, "trace", "resources", trace)).contains("launch-enclave");
    assertThat(question(ExitCode.OK, "trace", "sql", trace, "select count(*) as n from requests"))
        .startsWith("n\n");
    assertThat(question(ExitCode.OK, "trace", "list", trace, "--field", "result=0").lines())
        .isNotEmpty()
        .allMatch(line -> line.contains("result=0") || line.startsWith("("));
    assertThat(
            question(ExitCode.OK, "trace", "export", trace, "--format", "shiviz", "--launch", "7"))
        .contains("/user/kernel/scheduler {");
  }

  @Test
  void twoSeedsDivergeAndTheFirstDifferenceIsNamed() throws IOException {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    run(one, "5");
    run(other, "5", "--seed", "2");
    assertThat(question(ExitCode.OK, "trace", "diff", one, one)).contains("are the same");
    assertThat(Ran.ksgx("trace", "diff", one, other).code()).isEqualTo(ExitCode.NO);
    assertThat(Ran.ksgx("trace", "diff", one, other).out())
        .contains("messages are the same; then", "A: m", "B: m");
    Path log = folder.resolve("both.log");
    Object[] words = {"trace", "diff", one, other, "--shiviz", log, "--around", "30"};
    assertThat(Ran.ksgx(words).out())
        .contains("B: m", log + " has at most 30 messages of each before and from there on");
    assertThat(log).content().startsWith("=== A one ===\n").contains("\n=== B other ===\n");
    words[7] = "0";
    assertThat(question(ExitCode.BAD_INPUT, words)).contains("--around 0: must be from 1 to 2000");
  }

  @Test
  void whatCannotBeAnsweredIsSaidInOneLine() throws IOException {
    Path trace = folder.resolve("t");
    run(trace, "3");
    Path text = Files.writeString(folder.resolve("text"), "no trace at all, only text");
    assertThat(question(ExitCode.BAD_INPUT, "trace", "list", text)).contains("is no trace");
    assertThat(question(ExitCode.BAD_INPUT, "trace", "show", trace, "m99999999"))
        .contains("the trace has no such message");
    assertThat(question(ExitCode.BAD_INPUT, "trace", "show", trace, "first"))
        .contains("expected a number such as m1234");
    assertThat(question(ExitCode.BAD_INPUT, "trace", "launch", trace, "4711"))
        .contains("launch 4711: had not begun in this trace");
    assertThat(question(ExitCode.BAD_INPUT, "trace", "sql", trace, "delete from message"))
        .contains("sql: ");
    assertThat(question(ExitCode.BAD_INPUT, "trace", "sql", trace, "select 1 from nowhere"))
        .contains("no such table");
    assertThat(question(ExitCode.BAD_INPUT, "trace")).contains("a question is missing");
  }

  @Test
  void theLivesOfEnclavesAndWhatCoresDoAreTold() throws IOException {
    Path trace = folder.resolve("t");
    run(trace, "12", "--set", "kernel.preset=v5");
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      long encl =
          store
              .list(
                  "select s.actor from states s join requests r on r.id = s.request where"
                      + " r.number = 7 and r.kind = 'launch' and s.name = 'life'",
                  row -> Long.parseLong(row.getString(1).replaceAll("\\D+", "")))
              .get(0);
      List<String> life =
          store.list(
              "select value from states where name = 'life' and actor like '%-' || ? order by id",
              row -> row.getString(1), encl);
      assertThat(life).startsWith("CREATING", "CREATED", "BUILDING", "INITIALIZING", "INITIALIZED");
      assertThat(
              store.list(
                  "select count(*) from states a join states b on b.actor = a.actor and b.name ="
                      + " a.name and b.value is a.value and b.id = (select min(id) from states c"
                      + " where c.actor = a.actor and c.name = a.name and c.id > a.id)",
                  row -> row.getInt(1)))
          .as("only changes are told")
          .containsExactly(0);
      assertThat(
              store.list(
                  "select count(*) from states s left join messages m on m.id = s.cause where"
                      + " m.receiver is not s.actor or m.handled <> s.at",
                  row -> row.getInt(1)))
          .as("each while the actor handled its cause")
          .containsExactly(0);
      assertThat(store.list("select distinct name from states order by 1", row -> row.getString(1)))
          .contains("life", "process", "task", "thread");
    }
    assertThat(question(ExitCode.OK, "trace", "states", trace, "--launch", "7"))
        .contains("life = CREATING  by m", "life = INITIALIZED");
    assertThat(question(ExitCode.OK, "trace", "states", trace, "--name", "thread"))
        .contains("/user/kernel/swapper  thread = asleep");
    assertThat(question(ExitCode.OK, "trace", "launch", trace, "7")).contains("  [life = CREATED]");
  }

  @Test
  void flagsOfTheSlotAndHashesOfCoresAreToldWithoutTheHash() throws IOException {
    Path trace = folder.resolve("t");
    run(trace, "12", "--set", "kernel.kernel-le.channel=slot", "--set", "kernel.msr=lazy");
    String slot = question(ExitCode.OK, "trace", "states", trace, "--name", "slot-0");
    assertThat(slot).contains("slot-0 = user-read  by m", "slot-0 = kernel-read", "slot-0 = none");
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      assertThat(
              store.list(
                  "select max(value) from states where name = 'msr-hash'", row -> row.getLong(1)))
          .allSatisfy(number -> assertThat(number).isBetween(1L, 4L));
    }
  }

  @Test
  void oneLaunchOfARunIsRecordedWholeAndItsAnswersAreThoseOfTheWholeTrace() {
    Path all = folder.resolve("all");
    Path one = folder.resolve("one");
    Ran whole = run(all, "60");
    Ran part = run(one, "60", "--trace-only", "launch=17");
    assertThat(withoutWallTime(part.out())).isEqualTo(withoutWallTime(whole.out()));
    for (List<String> words : List.of(List.of("blame", "--launch"), List.of("launch"))) {
      List<Object> toAll = new java.util.ArrayList<>(List.of("trace", words.get(0), all));
      List<Object> toOne = new java.util.ArrayList<>(List.of("trace", words.get(0), one));
      toAll.addAll(words.subList(1, words.size()));
      toOne.addAll(words.subList(1, words.size()));
      toAll.add("17");
      toOne.add("17");
      String answer = question(ExitCode.OK, toOne.toArray());
      assertThat(answer).contains("launch 17").isEqualTo(question(ExitCode.OK, toAll.toArray()));
    }
    Ran list = Ran.ksgx("trace", "list", one, "--limit", "100000");
    assertThat(list.err()).contains("trace: has only launch=17");
    assertThat(list.out().lines().count()).isLessThan(1000);
  }

  @Test
  void whatCannotBeRecordedIsSaidInOneLineBeforeTheRun() {
    Path trace = folder.resolve("t");
    Ran ran = Ran.ksgx("run", "closed-loop", "--trace", trace, "--trace-only", "launch=first");
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.err())
        .isEqualTo(
            "ksgx: --trace-only launch=first: first is no number of at most 18 digits"
                + System.lineSeparator());
    assertThat(trace).doesNotExist();
    assertThat(Ran.ksgx("run", "closed-loop", "--trace-only", "launch=1").err())
        .contains("--trace-only: records nothing without --trace FILE");
  }
}
