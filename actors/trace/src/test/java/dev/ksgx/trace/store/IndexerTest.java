package dev.ksgx.trace.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a log's records in the tables. */
class IndexerTest {
  @TempDir Path folder;

  private List<String> asked(Consumer<LogWriter> write, String sql) throws IOException {
    Path file = folder.resolve("trace");
    try (LogWriter log = new LogWriter(file, Long.MAX_VALUE)) {
      log.name(Dictionary.ACTOR, 1, "/user/a");
      log.name(Dictionary.TYPE, 1, "T");
      write.accept(log);
    }
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      return store.list(sql, row -> row.getString(1));
    }
  }

  private static void message(LogWriter log, int[] fields, long[] values) {
    log.message(1, 0, 0, 1, 1, 10, 20, 1, 0, fields.length, fields, values);
  }

  @Test
  void aFieldThatComesSeveralTimesIsAnArray() throws IOException {
    assertThat(
            asked(
                log -> {
                  log.name(Dictionary.FIELD, 1, "frame");
                  log.name(Dictionary.FIELD, 2, "result");
                  message(log, new int[] {1, 1, 1, 2}, new long[] {7, 8, 9, 0});
                },
                "select fields from message"))
        .containsExactly("{\"frame\":[7,8,9],\"result\":0}");
  }

  @Test
  void theNameOfAFieldMayHaveQuotes() throws IOException {
    assertThat(
            asked(
                log -> {
                  log.name(Dictionary.FIELD, 1, "a\"b\\c");
                  message(log, new int[] {1}, new long[] {7});
                },
                "select key || '=' || value from message, json_each(fields)"))
        .containsExactly("a\"b\\c=7");
  }

  @Test
  void piecesBelongToTheIntervalThatComesNextAndToNoOther() throws IOException {
    assertThat(
            asked(
                log -> {
                  log.name(Dictionary.LABEL, 1, "eadd");
                  log.resource(1, "core", "core", 1);
                  log.spent(5, 1, 3);
                  log.spent(5, 1, 4);
                  log.interval(5, false, 1, 0, 0, 10);
                  log.interval(5, false, 1, 0, 10, 20);
                },
                "select span || ' ' || nanos from part order by rowid"))
        .containsExactly("1 3", "1 4");
  }

  @Test
  void whatIsStillHeldIsMarkedSo() throws IOException {
    assertThat(
            asked(
                log -> {
                  log.resource(1, "lock", "lock", 1);
                  log.hold(1, 3, 5, 0, 10, 20, false);
                  log.hold(1, 4, 6, 0, 20, 30, true);
                },
                "select task || ' ' || open from hold order by task"))
        .containsExactly("3 0", "4 1");
  }
}
