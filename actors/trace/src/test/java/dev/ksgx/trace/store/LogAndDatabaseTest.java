package dev.ksgx.trace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import dev.ksgx.trace.log.TraceFileException;
import dev.ksgx.trace.page.Scene;
import dev.ksgx.trace.text.NotesText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which log a database answers for, and what becomes of either when it is not whole. */
class LogAndDatabaseTest {
  private static final int HEADER = 64;
  private static final int BLOCK = 1 << 16;

  /** Of 64 bytes each: five blocks. */
  private static final int MESSAGES = 5_000;

  private static final String COUNT = "select count(fields is null) from message";

  @TempDir Path folder;

  /** Messages of one type, handled a nanosecond after each other. */
  private Path log(String name, String type, long mostBytes) throws IOException {
    Path file = folder.resolve(name);
    LogWriter log = new LogWriter(file, mostBytes);
    log.name(Dictionary.TYPE, 1, type);
    log.name(Dictionary.ACTOR, 1, "/user/a");
    for (long id = 1; id <= MESSAGES; id++) {
      log.message(id, id - 1, 0, 0, 1, id, id, 1, 0, 0, new int[0], new long[0]);
    }
    log.name(Dictionary.NOTE, 0, "dropped=" + log.dropped());
    log.name(Dictionary.NOTE, 0, "ended=yes");
    log.close();
    return file;
  }

  private Path log(String name) throws IOException {
    return log(name, "Hello", Long.MAX_VALUE);
  }

  private static long count(Path file) throws IOException {
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      return store.list(COUNT, row -> row.getLong(1)).get(0);
    }
  }

  private static String type(Path file) throws IOException {
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      return store.list("select name from type", row -> row.getString(1)).get(0);
    }
  }

  private static Map<String, String> notes(Path file) throws IOException {
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      return store.notes();
    }
  }

  /** As of a file that was there long before its database. */
  private static void old(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
  }

  @Test
  void aLogThatAnotherOneOfItsSizeReplacedIsIndexedAnewThoughItIsOlder() throws IOException {
    Path one = log("one", "Hello", Long.MAX_VALUE);
    Path other = log("other", "Doing", Long.MAX_VALUE);
    assertThat(Files.size(one)).isEqualTo(Files.size(other));
    assertThat(type(one)).isEqualTo("Hello");
    assertThat(type(other)).isEqualTo("Doing");
    old(one);
    Files.move(one, other, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(type(other)).isEqualTo("Hello");
  }

  /** Only one block in the middle of many differs, and that one is looked at. */
  @Test
  void theLogIsKnownByItsBlocksNotByItsEndsAlone() throws IOException {
    Path log = log("t");
    assertThat(type(log)).isEqualTo("Hello");
    byte[] bytes = Files.readAllBytes(log);
    ByteBuffer.wrap(bytes).putInt(HEADER + 2 * BLOCK + 12, 4711);
    Files.write(log, bytes);
    old(log);
    assertThat(count(log)).as("its checksum does not hold").isLessThan(MESSAGES);
  }

  @Test
  void aLogThatGrewWhileItWasIndexedIsIndexedAnewAtTheNextQuestion() throws IOException {
    byte[] whole = Files.readAllBytes(log("t"));
    int before = HEADER + 2 * BLOCK;
    Path log = Files.write(folder.resolve("grows"), Arrays.copyOf(whole, before));
    AtomicBoolean grew = new AtomicBoolean();
    Progress end =
        (share, messages) -> {
          // The last block of what was there is read; it grows before the database is done.
          if (share > 0.85 && grew.compareAndSet(false, true)) {
            append(log, Arrays.copyOfRange(whole, before, whole.length));
          }
        };
    try (TraceStore store = TraceStore.open(log, end)) {
      assertThat(grew).isTrue();
      assertThat(store.list(COUNT, row -> row.getLong(1)).get(0)).isLessThan(MESSAGES);
      assertThat(NotesText.missing(store.notes())).hasSize(1);
    }
    old(log);
    assertThat(count(log)).isEqualTo(MESSAGES);
    assertThat(NotesText.missing(notes(log))).isEmpty();
  }

  private static void append(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aLogOnAndOnTheSameIsNotIndexedAgain() throws IOException {
    Path log = log("t");
    count(log);
    Path database = folder.resolve("t.sqlite");
    Object built = Files.readAttributes(database, "unix:ino").get("ino");
    count(log);
    Files.move(log, folder.resolve("u"));
    Files.move(database, folder.resolve("u.sqlite"));
    count(folder.resolve("u"));
    assertThat(Files.readAttributes(folder.resolve("u.sqlite"), "unix:ino").get("ino"))
        .isEqualTo(built);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a%41b", "a?b", "a#b", "a?mode=memory", "d#1/t", "d%3f?&/t", "x;y z\u00e4", "a?"})
  void everyNameOfAFileIsItsOwn(String name) throws IOException {
    Path other = folder.resolve("aAb");
    Files.move(log("t", "Other", Long.MAX_VALUE), other);
    count(other);
    Path log = folder.resolve(name);
    Files.createDirectories(log.getParent());
    Files.move(log("u"), log);
    for (int asked = 1; asked <= 2; asked++) {
      assertThat(type(log)).isEqualTo("Hello");
    }
    Path database = log.resolveSibling(log.getFileName() + ".sqlite");
    assertThat(type(database)).isEqualTo("Hello");
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.filter(Files::isRegularFile))
          .as("no other file is made")
          .containsExactlyInAnyOrder(other, folder.resolve("aAb.sqlite"), log, database);
    }
  }

  @Test
  void whoeverAsksTheDatabaseItselfCanMakeNoFile() throws Exception {
    try (TraceStore store = TraceStore.open(log("t"), Progress.NONE)) {
      for (String sql : List.of("attach '%s' as e", "vacuum into '%s'")) {
        Path made = folder.resolve("made");
        assertThatThrownBy(
                () -> {
                  try (Statement statement = store.connection().createStatement()) {
                    statement.execute(sql.formatted(made));
                  }
                })
            .hasMessageContaining("too many attached databases");
        assertThat(made).doesNotExist();
      }
    }
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new Random(1).nextBytes(random);
    return random;
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty", "header", "page", "last byte", "noise", "noise in the schema"})
  void aDatabaseThatIsNotWholeIsBuiltAnewFromItsLog(String what) throws IOException {
    Path log = log("t");
    count(log);
    Path database = folder.resolve("t.sqlite");
    byte[] whole = Files.readAllBytes(database);
    byte[] broken =
        switch (what) {
          case "empty" -> new byte[0];
          case "header" -> Arrays.copyOf(whole, 50);
          case "page" -> Arrays.copyOf(whole, 4096);
          case "last byte" -> Arrays.copyOf(whole, whole.length - 1);
          case "noise" -> random(100_000);
          default -> {
            byte[] noise = whole.clone();
            System.arraycopy(random(3_000), 0, noise, 100, 3_000);
            yield noise;
          }
        };
    Path alone = Files.write(folder.resolve("alone.sqlite"), broken);
    assertThatThrownBy(() -> count(alone))
        .isInstanceOf(TraceFileException.class)
        .hasMessage(
            alone + ": is no whole database; take another copy, or the trace that it was made of");
    for (Path asked : List.of(log, database)) {
      Files.write(database, broken);
      assertThat(count(asked)).as("%s", asked).isEqualTo(MESSAGES);
      assertThat(Files.size(database)).isEqualTo(whole.length);
    }
  }

  @Test
  void damageThatOnlyAQuestionFindsIsToldWithWhatToDo() throws IOException {
    Path log = log("t");
    count(log);
    Path database = folder.resolve("t.sqlite");
    byte[] bytes = Files.readAllBytes(database);
    try (TraceStore store = TraceStore.open(log, Progress.NONE)) {
      int root =
          store
              .list("select rootpage from sqlite_master where name = 'message'", r -> r.getInt(1))
              .get(0);
      int page = Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(16));
      System.arraycopy(random(page), 0, bytes, (root - 1) * page, page);
    }
    Files.write(database, bytes);
    assertThatThrownBy(() -> count(log))
        .isInstanceOf(TraceStoreException.class)
        .hasMessageContaining(database + ": is damaged (")
        .hasMessageContaining("delete it: the next question to the trace");
  }

  @Test
  void aDatabaseOfSomethingElseIsNotOverwritten() throws Exception {
    Path log = log("t");
    Path database = folder.resolve("t.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("create table recipe(name)");
    }
    old(database);
    byte[] before = Files.readAllBytes(database);
    assertThatThrownBy(() -> count(log))
        .isInstanceOf(TraceFileException.class)
        .hasMessageContaining(database + ": is a database, but not of a trace")
        .hasMessageContaining("move it away");
    assertThat(Files.readAllBytes(database)).isEqualTo(before);
  }

  @Test
  void aFolderInThePlaceOfTheDatabaseIsNamed() throws IOException {
    Path log = log("t");
    Path database = Files.createDirectory(folder.resolve("t.sqlite"));
    assertThatThrownBy(() -> count(log))
        .isInstanceOf(TraceFileException.class)
        .hasMessageContaining(database + ": is a directory, where the database");
  }

  @Test
  void damageInTheMiddleSaysWhereItIsAndWhatIsBehindIt() throws IOException {
    Path log = log("t");
    byte[] bytes = Files.readAllBytes(log);
    assertThat(bytes.length).isEqualTo(HEADER + 5 * BLOCK);
    ByteBuffer.wrap(bytes).putLong(HEADER + BLOCK + 800, 42);
    Files.write(log, bytes);
    Map<String, String> notes = notes(log);
    long before = Long.parseLong(notes.get("messages"));
    long behind = Long.parseLong(notes.get("messagesBehindDamage"));
    assertThat(before).isEqualTo((BLOCK - 32 - 64) / 64);
    assertThat(MESSAGES - before - behind).as("in a block").isEqualTo((BLOCK - 32) / 64);
    assertThat(NotesText.missing(notes))
        .containsExactly(
            "the trace is damaged at byte 65,600: the %,d messages before are here; what follows is not: 262,144 bytes, with %,d messages in whole blocks"
                .formatted(before, behind));
  }

  /** Noise, zeros, or a trace appended to it; shorter and longer than a block. */
  @ParameterizedTest
  @ValueSource(ints = {7, 100_000, -1})
  void whatIsBehindTheEndIsToldAndNotRead(int bytes) throws IOException {
    Path log = log("t");
    byte[] behind = bytes < 0 ? Files.readAllBytes(log) : random(bytes);
    append(log, behind);
    assertThat(count(log)).isEqualTo(MESSAGES);
    assertThat(NotesText.missing(notes(log)))
        .containsExactly(
            "%,d bytes behind the end of the trace are no part of it".formatted(behind.length));
  }

  @Test
  void whatAFullFileCouldNotTakeIsToldByTheTrace() throws IOException {
    Map<String, String> notes = notes(log("t", "Hello", HEADER + 3 * BLOCK));
    long here = Long.parseLong(notes.get("messages"));
    assertThat(here).isPositive();
    assertThat(NotesText.missing(notes))
        .containsExactly(
            "%,d messages were dropped: the disk was full, or the trace had its greatest size; the %,d before are here"
                .formatted(MESSAGES - here, here));
    assertThat(NotesText.missing(notes(log("none", "Hello", HEADER))))
        .as("not even one block")
        .containsExactly(
            "5,000 messages were dropped: the disk was full, or the trace had its greatest size; the 0 before are here");
  }

  @Test
  void aRunThatWasKilledIsNotCalledDamaged() throws IOException {
    byte[] whole = Files.readAllBytes(log("t"));
    for (int left : new int[] {HEADER, HEADER + BLOCK, HEADER + 3 * BLOCK / 2}) {
      Path cut = Files.write(folder.resolve("cut-" + left), Arrays.copyOf(whole, left));
      Map<String, String> notes = notes(cut);
      assertThat(NotesText.missing(notes))
          .containsExactly(
              "the run was killed, or goes on, or could write no more: %,d messages are here, the rest is missing"
                  .formatted(Long.parseLong(notes.get("messages"))));
    }
  }

  @Test
  void aPieceOfTimeOfAKilledRunEndsWithWhatIsThere() throws IOException {
    byte[] whole = Files.readAllBytes(log("t"));
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, HEADER + 2 * BLOCK));
    try (TraceStore store = TraceStore.open(cut, Progress.NONE)) {
      long last = store.list("select max(handled) from message", row -> row.getLong(1)).get(0);
      Scene rest = Scene.of(store, new Selection(null, 1_000L, null));
      assertThat(rest.fromNanos()).isEqualTo(1_000L);
      assertThat(rest.toNanos()).isEqualTo(last).isGreaterThan(1_000L);
      assertThat(Scene.of(store, new Selection(null, 1_000L, 1_500L)).toNanos()).isEqualTo(1_500L);
    }
  }

  @Test
  void whatIsThereIsMoreThanMessages() throws IOException {
    Path file = folder.resolve("requests");
    try (LogWriter log = new LogWriter(file, Long.MAX_VALUE)) {
      log.interval(1, true, 1, 0, 10, 70);
      log.hold(1, 1, 1, 0, 20, 90, false);
      log.interval(1, false, 1, 0, 70, 80);
    }
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      assertThat(Scene.of(store, Selection.ALL).toNanos()).isEqualTo(90);
    }
  }
}
