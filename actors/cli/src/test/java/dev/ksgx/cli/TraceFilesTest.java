package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that a trace is read from and answers are written to: none is lost, each is named. */
class TraceFilesTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir static Path recorded;
  private static byte[] log;

  @TempDir Path folder;
  private Path trace;

  @BeforeAll
  static void record() throws IOException {
    Path file = recorded.resolve("t");
    Ran ran = run("closed-loop", "--trace", file);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    log = Files.readAllBytes(file);
  }

  private static Ran run(Object scenario, Object... more) {
    List<Object> words = new ArrayList<>(List.of("run", scenario, "--no-digest"));
    words.addAll(List.of("--set", "load.length=20 launches", "--set", "load.warm-up=0 ms"));
    words.addAll(List.of(more));
    return Ran.ksgx(words.toArray());
  }

  @BeforeEach
  void copy() throws IOException {
    trace = Files.write(folder.resolve("i.trace"), log);
  }

  private static void refused(Ran ran, String... said) {
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("ksgx: ").contains(said).doesNotContain("Exception");
    assertThat(ran.err().lines()).hasSize(1);
  }

  private static List<Object> with(List<Object> words, Object... more) {
    List<Object> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return all;
  }

  /** By its name, by a link of either kind, and by way of another folder. */
  @Test
  void noAnswerReplacesTheTraceOrItsDatabase() throws IOException {
    Path other = Files.copy(trace, folder.resolve("j.trace"));
    Path symbolic = Files.createSymbolicLink(folder.resolve("symbolic"), trace);
    Path hard = Files.createLink(folder.resolve("hard"), trace);
    Path around = Files.createDirectory(folder.resolve("sub")).resolve("../i.trace");
    List<List<Object>> commands =
        List.of(
            List.of("trace", "export", trace, "--format", "jsonl", "--out"),
            List.of("trace", "page", trace, "--out"),
            List.of("trace", "diff", trace, other, "--shiviz"));
    for (List<Object> command : commands) {
      for (Path target : List.of(trace, symbolic, hard, around, folder.resolve("i.trace.sqlite"))) {
        refused(Ran.ksgx(with(command, target).toArray()), target + ": is also an input");
      }
    }
    for (Path target : List.of(other, folder.resolve("j.trace.sqlite"))) {
      refused(Ran.ksgx(with(commands.get(2), target).toArray()), target + ": is also an input");
    }
    assertThat(trace).hasBinaryContent(log);
    assertThat(other).hasBinaryContent(log);
    assertThat(Ran.ksgx("trace", "actors", trace).code()).isZero();
    Path database = folder.resolve("i.trace.sqlite");
    assertThat(database).exists();
    for (List<Object> command : commands) {
      refused(Ran.ksgx(with(command, database).toArray()), database + ": is also an input");
    }
    Path page = folder.resolve("page.html");
    assertThat(Ran.ksgx(with(commands.get(1), page).toArray()).code()).isZero();
    assertThat(Ran.ksgx(with(commands.get(1), page).toArray()).code()).as("again").isZero();
  }

  @Test
  void noTraceReplacesWhatTheRunIsReadFrom() throws IOException {
    Path costs = Files.writeString(folder.resolve("costs.conf"), "kernel.preset = v5\n");
    Path conf =
        Files.writeString(
            folder.resolve("my.conf"),
            "include required(classpath(\"dev/ksgx/load/scenarios/closed-loop.conf\"))\n"
                + "include required(file(\"%s\"))\n".formatted(costs));
    for (Path input : List.of(conf, costs)) {
      String before = Files.readString(input);
      refused(run(conf, "--trace", input), input + ": is also an input");
      assertThat(input).hasContent(before);
    }
    Path out = Files.createDirectory(folder.resolve("oo"));
    Path summary = Files.move(conf, out.resolve("summary.txt"));
    String before = Files.readString(summary);
    refused(
        run(summary, "--out", out), summary + ": --out " + out + " would write its summary.txt");
    assertThat(summary).hasContent(before);
  }

  @Test
  void theResultsOfARunDoNotReplaceItsTrace() {
    Path out = folder.resolve("oo");
    Path file = out.resolve("summary.txt");
    Ran ran = run("closed-loop", "--out", out, "--trace", file);
    refused(ran, "no such directory");
    assertThat(out.toFile().mkdir()).isTrue();
    ran = run("closed-loop", "--out", out, "--trace", file);
    refused(ran, file + ": --out " + out + " would write its summary.txt there");
    assertThat(out).isEmptyDirectory();
    assertThat(run("closed-loop", "--out", out, "--trace", out.resolve("t")).code()).isZero();
  }

  @Test
  void noReportOfAComparisonReplacesItsDesignsOrScenario() throws IOException {
    Path out = Files.createDirectory(folder.resolve("oo"));
    Path conf = Files.writeString(out.resolve("summary.txt"), "load.rate = 9\n");
    refused(
        Ran.ksgx("compare", conf, "--designs", "v5,direct-always", "--out", out),
        conf + ": --out " + out + " would write its summary.txt there");
    Path design = Files.writeString(folder.resolve("mine.conf"), "kernel.msr = lazy\n");
    Object[] words = {
      "compare", "--designs", "v5," + design, "--assert", "failed == 0", "--junit", design
    };
    refused(Ran.ksgx(words), design + ": is also an input");
    refused(
        Ran.ksgx("sweep", conf, "--vary", "machine.cores=4", "--out", conf),
        conf + ": is also an input");
    assertThat(conf).hasContent("load.rate = 9\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attach database '%s' as e",
        "/* all */ vacuum into '%s' -- of it",
        "explain attach '%s' as e",
        "explain query plan vacuum into '%s'",
        "pragma journal_mode = wal",
        "explain pragma journal_mode = wal",
        "delete from message",
        "explain",
        "backup to '%s'"
      })
  void whatIsNoQuestionIsNotExecuted(String sql) throws IOException {
    Path made = folder.resolve("made");
    refused(
        Ran.ksgx("trace", "sql", trace, sql.formatted(made)), "is no question; expected select");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).as("not even indexed").containsExactly(trace);
    }
  }

  @Test
  void aQueryIsOneQuery() {
    refused(
        Ran.ksgx("trace", "sql", trace, "select 1; delete from message"),
        "sql: expected one query, but another statement follows");
    for (String nothing : List.of("", " ", ";", " -- select 1", "/* select 1 */", "/* select 1")) {
      refused(Ran.ksgx("trace", "sql", trace, nothing), "sql: the query is empty");
    }
    refused(
        Ran.ksgx("trace", "sql", trace, "with a as (select 1) delete from message"),
        "sql: ",
        "readonly");
    for (String query :
        List.of(
            "select 1 as \"a;b\", ';' as [c;d];; -- ; delete",
            "\n-- how many\nSELECT count(*) from message",
            "/* * ; */ with a as (select 'it''s; 1') select * from a",
            "values (1)",
            "explain query plan select * from message",
            "explain select 1")) {
      Ran ran = Ran.ksgx("trace", "sql", trace, query);
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.out().lines()).hasSizeGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void aDamagedDatabaseIsNamedAndItIsSaidWhatToDo() throws IOException {
    Ran.ksgx("trace", "actors", trace);
    Path database = folder.resolve("i.trace.sqlite");
    byte[] bytes = Files.readAllBytes(database);
    for (int at = bytes.length / 10; at < bytes.length / 2; at++) {
      bytes[at] = (byte) (at * 31);
    }
    Files.write(database, bytes);
    refused(
        Ran.ksgx("trace", "sql", trace, "select count(fields is null) from message"),
        database + ": is damaged (",
        "delete it: the next question");
    Path sound = Files.copy(trace, folder.resolve("j.trace"));
    refused(Ran.ksgx("trace", "diff", sound, trace), database + ": is damaged (");
    refused(Ran.ksgx("trace", "diff", trace, sound), database + ": is damaged (");
    Object[] export = {"trace", "export", trace, "--format", "jsonl", "--out", folder.resolve("o")};
    refused(Ran.ksgx(export), database + ": is damaged (");
    Files.write(database, new byte[0]);
    assertThat(Ran.ksgx("trace", "actors", trace).code()).isZero();
    Path alone = Files.write(folder.resolve("alone.sqlite"), new byte[0]);
    refused(Ran.ksgx("trace", "actors", alone), alone + ": is no whole database; take another");
  }

  @Test
  void damageOfATraceIsToldInOneLine() throws IOException {
    byte[] bytes = log.clone();
    assertThat(bytes.length).isGreaterThan(300_000);
    ByteBuffer.wrap(bytes).putLong(200_000, 42);
    Files.write(trace, bytes);
    Ran ran = Ran.ksgx("trace", "actors", trace);
    assertThat(ran.code()).isZero();
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).startsWith("trace: the trace is damaged at byte 196,672: the ");
    assertThat(ran.err()).doesNotContain("killed");
  }

  @Test
  void aTraceUnderAnothersNameAnswersForItself() throws IOException {
    Path other = folder.resolve("j.trace");
    Ran ran = run("closed-loop", "--seed", "2", "--trace", other);
    assertThat(ran.code()).as(ran.err()).isZero();
    String question = "select sum(handled) from message";
    String first = Ran.ksgx("trace", "sql", trace, question).out();
    assertThat(Ran.ksgx("trace", "sql", other, question).out()).isNotEqualTo(first);
    Files.move(trace, other, StandardCopyOption.REPLACE_EXISTING);
    assertThat(Ran.ksgx("trace", "sql", other, question).out()).isEqualTo(first);
  }

  @Test
  void aDiskThatIsFullIsNamedByTheFile() {
    assumeTrue(Files.exists(FULL), "no " + FULL);
    refused(run("closed-loop", "--trace", FULL), "/dev/full: No space left on device");
    refused(
        Ran.ksgx("trace", "export", trace, "--format", "jsonl", "--out", FULL),
        "/dev/full: No space left on device");
    refused(Ran.ksgx("trace", "page", trace, "--out", FULL), "/dev/full: No space left on device");
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path none = folder.resolve("none");
    refused(run("closed-loop", "--trace", none.resolve("x")), none + ": no such directory");
  }

  @Test
  void anEmptyNameIsNoFile() {
    String[] said = {"is empty, expected the name of a file"};
    refused(run("closed-loop", "--trace", ""), "--trace", said[0]);
    refused(run("closed-loop", "--out", ""), "--out", said[0]);
    refused(Ran.ksgx("trace", "page", trace, "--out", ""), "--out", said[0]);
    refused(Ran.ksgx("trace", "actors", ""), "FILE", said[0]);
    refused(Ran.ksgx("compare", "--trace", ""), "--trace", said[0]);
  }
}
