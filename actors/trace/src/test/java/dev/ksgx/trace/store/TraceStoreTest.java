package dev.ksgx.trace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.trace.log.TraceFileException;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.text.BlameText;
import dev.ksgx.trace.text.MessageText;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceStoreTest {
  @TempDir Path folder;
  private Path file;
  private Path database;

  @BeforeEach
  void record() throws Exception {
    file = folder.resolve("yard.trace");
    database = folder.resolve("yard.trace.sqlite");
    Yard.record(file, TraceOptions.everything().withNote("scenario", "yard"));
  }

  @Test
  void theFirstQuestionBuildsTheIndexAndTheNextUsesIt() throws Exception {
    AtomicInteger progress = new AtomicInteger();
    TraceStore.open(file, (share, messages) -> progress.incrementAndGet()).close();
    assertThat(progress.get()).isPositive();
    assertThat(database).exists();
    progress.set(0);
    try (TraceStore store =
        TraceStore.open(file, (share, messages) -> progress.incrementAndGet())) {
      assertThat(progress.get()).isZero();
      assertThat(store.notes())
          .containsEntry("scenario", "yard")
          .containsEntry("messages", "37")
          .containsEntry("ended", "yes")
          .containsEntry("endNanos", "110000");
    }
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
    TraceStore.open(file, (share, messages) -> progress.incrementAndGet()).close();
    assertThat(progress.get()).as("the trace is newer than its index").isPositive();
  }

  @Test
  void theDatabaseCanBeOpenedWithoutTheTrace() throws Exception {
    TraceStore.open(file, Progress.NONE).close();
    Files.delete(file);
    try (TraceStore store = TraceStore.open(database, Progress.NONE)) {
      assertThat(store.list("select count(*) from messages", row -> row.getInt(1)))
          .containsExactly(37);
    }
  }

  @Test
  void aDatabaseOfALaterSchemaIsRefusedByItsNumber() throws Exception {
    TraceStore.open(file, Progress.NONE).close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("update meta set value = '3' where key = 'schema'");
    }
    assertThatThrownBy(() -> TraceStore.open(file, Progress.NONE))
        .isInstanceOf(TraceFileException.class)
        .hasMessageContaining("has schema 3, this ksgx reads schemas 1 to 2");
  }

  /** Each builder halts in the middle until all have come there. */
  @Test
  void whoAsksFirstAtTheSameTimeGetsTheWholeAnswerAndLeavesNoDraft() throws Exception {
    int several = 4;
    CyclicBarrier middle = new CyclicBarrier(several);
    ExecutorService pool = Executors.newFixedThreadPool(several);
    try {
      List<Future<List<String>>> asked = new ArrayList<>();
      for (int i = 0; i < several; i++) {
        AtomicBoolean met = new AtomicBoolean();
        Progress meet =
            (share, messages) -> {
              if (met.compareAndSet(false, true)) {
                meet(middle);
              }
            };
        asked.add(
            pool.submit(
                () -> {
                  try (TraceStore store = TraceStore.open(file, meet)) {
                    return answers(store);
                  }
                }));
      }
      List<String> first = asked.get(0).get(60, TimeUnit.SECONDS);
      for (Future<List<String>> other : asked) {
        assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(first);
      }
    } finally {
      pool.shutdownNow();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactlyInAnyOrder(file, database);
    }
  }

  private static void meet(CyclicBarrier where) {
    try {
      where.await(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whateverIsAskedNothingIsChanged() throws Exception {
    try (TraceStore store = TraceStore.open(file, Progress.NONE);
        Statement statement = store.connection().createStatement()) {
      assertThatThrownBy(() -> statement.execute("delete from message"))
          .hasMessageContaining("readonly");
    }
  }

  @Test
  void aRunThatWasKilledIsOpenedWithoutItsEnd() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      assertThat(store.notes()).doesNotContainKey("ended").containsEntry("messages", "0");
    }
  }

  private Path resource(String name) throws Exception {
    Path copy = folder.resolve(name);
    try (InputStream in = TraceStoreTest.class.getResourceAsStream(name)) {
      Files.copy(in, copy);
    }
    return copy;
  }

  private static List<String> answers(TraceStore store) {
    List<String> answers = new ArrayList<>();
    for (Request request : new Requests(store).slowest(3, 0)) {
      answers.add(BlameText.path(request, new Blame(store).path(request)));
    }
    answers.add(new MessageText(store).columns(new Requests(store).numbered(2).orElseThrow()));
    return answers;
  }

  @Test
  void aTraceOfFormat1IsReadAsOneOfToday() throws Exception {
    try (TraceStore then = TraceStore.open(resource("yard-format-1.trace"), Progress.NONE);
        TraceStore now = TraceStore.open(file, Progress.NONE)) {
      assertThat(answers(then)).isEqualTo(answers(now));
      assertThat(then.notes()).containsEntry("schema", Integer.toString(TraceStore.SCHEMA));
    }
  }

  @Test
  void aDatabaseOfSchema1WithoutItsTraceIsAskedAsItIs() throws Exception {
    try (TraceStore then = TraceStore.open(resource("yard-schema-1.sqlite"), Progress.NONE);
        TraceStore now = TraceStore.open(file, Progress.NONE)) {
      assertThat(then.notes()).containsEntry("schema", "1");
      assertThat(answers(then)).isEqualTo(answers(now));
      assertThat(then.<Long>list("select count(*) from unended", row -> row.getLong(1)))
          .containsExactly(0L);
      try (Statement statement = then.connection().createStatement()) {
        assertThatThrownBy(() -> statement.execute("delete from unended"))
            .as("what it lacked is no more to be changed than what it has")
            .hasMessageContaining("readonly");
      }
    }
  }

  @Test
  void aDatabaseOfSchema1BesideItsTraceIsBuiltAnew() throws Exception {
    Files.copy(resource("yard-schema-1.sqlite"), database);
    Files.setLastModifiedTime(database, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      assertThat(store.notes())
          .containsEntry("schema", Integer.toString(TraceStore.SCHEMA))
          .containsEntry("scenario", "yard");
    }
  }
}
