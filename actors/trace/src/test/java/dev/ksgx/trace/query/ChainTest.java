package dev.ksgx.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ends of chains of causes, against the chains walked step by step. */
class ChainTest {
  /** More than the index remembers. */
  private static final int LONG = 300_000;

  private static final int ENDS = 5;

  @TempDir Path folder;
  private TraceStore store;
  private Messages messages;

  @BeforeEach
  void record() throws IOException {
    Path file = folder.resolve("chains");
    try (LogWriter log = new LogWriter(file, Long.MAX_VALUE)) {
      log.name(Dictionary.ACTOR, 1, "/user/a");
      log.name(Dictionary.TYPE, 1, "T");
      log.name(Dictionary.LABEL, 1, "arrival");
      for (long id = 1; id <= LONG; id++) {
        message(log, id, id - 1, 0);
      }
      // A timer that was set long ago, what came of it, and an arrival whose timer is no cause.
      message(log, LONG + 1, 2_500, 0);
      for (long id = LONG + 2; id <= LONG + 3_000; id++) {
        message(log, id, id - 1, 0);
      }
      message(log, LONG + 3_001, LONG + 3_000, 1);
      message(log, LONG + 3_002, LONG + 3_001, 0);
      // A cause that the trace does not have.
      message(log, LONG + 3_003, LONG + 9_999, 0);
      message(log, LONG + 3_004, LONG + 3_003, 0);
    }
    store = TraceStore.open(file, Progress.NONE);
    messages = new Messages(store);
  }

  private static void message(LogWriter log, long id, long cause, int origin) {
    log.message(id, cause, 0, 1, 1, id, id, 1, origin, 0, new int[0], new long[0]);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void holds(long id, int causes) {
    List<Long> all = messages.causes(id);
    assertThat(all).hasSize(causes + 1);
    Chain chain = messages.chain(id, ENDS);
    assertThat(chain.root()).isEqualTo(all.get(causes));
    if (causes <= 2 * ENDS) {
      assertThat(chain).isEqualTo(new Chain(all, 0, List.of()));
    } else {
      assertThat(chain.first()).isEqualTo(all.subList(0, ENDS + 1));
      assertThat(chain.last()).isEqualTo(all.subList(causes + 1 - ENDS, causes + 1));
      assertThat(chain.between()).isEqualTo(causes - 2L * ENDS);
    }
  }

  @Test
  void theEndsOfAChainAreThoseOfTheWholeChain() {
    for (int id : new int[] {1, 2, 10, 11, 12, 999, 1000, 1001, 1002, 1003, 2000, 2001, LONG}) {
      holds(id, id - 1);
    }
  }

  @Test
  void aCauseThatTheIndexNoLongerRemembersIsPassed() {
    holds(LONG + 1, 2_500);
    holds(LONG + 999, 3_498);
    holds(LONG + 3_000, 5_499);
  }

  @Test
  void aChainEndsAtARootAndWhereTheTraceEnds() {
    holds(LONG + 3_001, 0);
    holds(LONG + 3_002, 1);
    holds(LONG + 3_003, 0);
    holds(LONG + 3_004, 1);
  }

  @Test
  void aLongChainIsNotWalked() {
    assertThat(store.list("select count(*), max(steps), min(steps) from milestone", ChainTest::row))
        .containsExactly("%d 1000 1000".formatted((LONG - 1) / 1_000 + 2));
  }

  private static String row(java.sql.ResultSet row) throws java.sql.SQLException {
    return row.getLong(1) + " " + row.getLong(2) + " " + row.getLong(3);
  }
}
