package dev.ksgx.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.UseText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Figures of actors and resources in the measured window, from 100 to 200 us in four slices, and of
 * all.
 *
 * <pre>
 * us        0        100  110       150       200
 * core-0    [ 1 80...........120]  [ 2 ......... still held
 * core-1    [ 3 90.99]
 * waits     task 2 from 110 to 150; task 4 from 175, still at the end
 * </pre>
 */
class UseTest {
  private static final long US = 1_000;
  private static final int[] NONE = new int[0];

  @TempDir Path folder;

  private TraceStore recorded() throws IOException {
    Path file = folder.resolve("use");
    try (LogWriter log = new LogWriter(file, Long.MAX_VALUE)) {
      log.name(Dictionary.ACTOR, 1, "/user/a");
      log.name(Dictionary.ACTOR, 2, "/user/b");
      log.name(Dictionary.TYPE, 1, "T");
      log.resource(1, "core-0", "core", 1);
      log.resource(2, "core-1", "core", 1);
      log.resource(3, "lock", "lock", 1);
      hold(log, 3, 90, 90, 99, 2);
      log.name(Dictionary.NOTE, 0, "measuredFromNanos=100000");
      hold(log, 1, 80, 80, 120, 1);
      log.hold(1, 2, 0, 110 * US, 150 * US, 200 * US, true);
      log.hold(1, 4, 0, 175 * US, 200 * US, 200 * US, true);
      message(log, 1, 1, 10, 50);
      message(log, 2, 1, 90, 110);
      message(log, 3, 2, 160, 160);
      message(log, 4, 1, 180, 200);
      log.name(Dictionary.NOTE, 0, "endNanos=200000");
    }
    return TraceStore.open(file, Progress.NONE);
  }

  private static void hold(
      LogWriter log, long task, long queuedUs, long fromUs, long toUs, int resource) {
    log.hold(resource, task, 0, queuedUs * US, fromUs * US, toUs * US, false);
  }

  private static void message(LogWriter log, long id, int receiver, long sentUs, long handledUs) {
    int sender = 3 - receiver;
    log.message(
        id, 0, 0, sender, receiver, sentUs * US, handledUs * US, 1, 0, 0, NONE, new long[0]);
  }

  @Test
  void aResourceIsMeasuredInTheWindow() throws IOException {
    try (TraceStore store = recorded()) {
      List<ResourceUse> uses = ResourceUse.of(store, Window.measured(store, 4));
      assertThat(uses).as("nobody had the lock").hasSize(1);
      ResourceUse core = uses.get(0);
      assertThat(core.capacity()).isEqualTo(2);
      assertThat(core.grants()).as("since 100 us").isEqualTo(1);
      assertThat(core.waiting()).isEqualTo(1);
      assertThat(core.heldNanos()).isEqualTo((20 + 50) * US);
      assertThat(core.waitNanos()).isEqualTo(40 * US);
      assertThat(core.queuedNanos()).isEqualTo((40 + 25) * US);
      assertThat(core.queues()).containsExactly(15 / 25.0, 1, 0, 1);
    }
  }

  @Test
  void ofTheWholeTheWarmUpCountsToo() throws IOException {
    try (TraceStore store = recorded()) {
      ResourceUse core = ResourceUse.of(store, Window.whole(store, 1)).get(0);
      assertThat(core.grants()).isEqualTo(3);
      assertThat(core.heldNanos()).isEqualTo((9 + 40 + 50) * US);
      assertThat(core.queues()).containsExactly(65 / 200.0);
    }
  }

  @Test
  void theTextHasServersUtilisationAndTheInstantsOfItsColumns() throws IOException {
    try (TraceStore store = recorded()) {
      Window window = Window.measured(store, 4);
      List<String> lines =
          UseText.resources(ResourceUse.of(store, window), window).lines().toList();
      assertThat(lines.get(0))
          .containsSubsequence("servers", "held", "util %", "waiting", "queue", "100", "125", "150")
          .endsWith("       175  queue from these us on");
      assertThat(lines.get(1).trim().split(" +"))
          .containsExactly(
              "core", "2", "0.700", "35.0", "1", "1", "40.000", "0.650", "0.60", "1.00", "0.00",
              "1.00");
      assertThat(UseText.head(window, store.notes())).isEqualTo("from 100.000 to 200.000 us\n");
      assertThat(UseText.head(window, Map.of("oneIn", "10", "only", "kind=launch")))
          .isEqualTo(
              "from 100.000 to 200.000 us; of what was recorded alone, which is one request in 10,"
                  + " kind=launch\n");
    }
  }

  @Test
  void anActorIsMeasuredByItsMessagesAndItsMailbox() throws IOException {
    try (TraceStore store = recorded()) {
      Window window = Window.measured(store, 4);
      List<ActorUse> uses = ActorUse.of(store, window, 9);
      assertThat(uses).extracting(ActorUse::path).containsExactly("/user/a", "/user/b");
      ActorUse a = uses.get(0);
      assertThat(a.handled()).isEqualTo(2);
      assertThat(a.sent()).isEqualTo(1);
      assertThat(a.mailboxNanos()).isEqualTo((20 + 20) * US);
      assertThat(a.firstNanos()).isEqualTo(110 * US);
      assertThat(a.handledOver()).containsExactly(1, 0, 0, 1);
      assertThat(a.mailbox()).containsExactly(10 / 25.0, 0, 0, 20 / 25.0);
      assertThat(ActorUse.of(store, Window.whole(store, 4), 9).get(0).handled()).isEqualTo(3);
      assertThat(ActorUse.of(store, window, 1)).hasSize(1);
      assertThat(UseText.actors(uses, window))
          .contains("in its mailbox from these us on")
          .containsPattern(
              "2 +1 +20\\.000 +110\\.000 +200\\.000 +0\\.40 +0\\.00 +0\\.00 +0\\.80  /user/a");
      assertThat(UseText.actors(uses.subList(1, 2), window))
          .as("without a mailbox that kept anything")
          .contains("handled from these us on")
          .containsPattern("1 +2 +0\\.000 +160\\.000 +160\\.000 +0 +0 +1 +0  /user/b");
    }
  }
}
