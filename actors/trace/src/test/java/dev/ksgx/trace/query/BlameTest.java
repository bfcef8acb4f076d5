package dev.ksgx.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The critical path of launch 1, request 101, by timelines and holds written by hand. */
class BlameTest {
  private static final int CORE = 1;
  private static final int WORKER = 2;
  private static final int LOCK = 3;
  private static final int EADD = 1;

  @TempDir Path folder;
  private Path file;
  private LogWriter log;

  @BeforeEach
  void begin() throws IOException {
    file = folder.resolve("trace");
    log = new LogWriter(file, Long.MAX_VALUE);
    log.name(Dictionary.LABEL, EADD, "eadd");
    log.name(Dictionary.LABEL, 2, "launch");
    log.resource(CORE, "core", "core", 1);
    log.resource(WORKER, "worker", "worker", 1);
    log.resource(LOCK, "lock", "lock", 1);
    for (int launch = 1; launch <= 4; launch++) {
      log.begun(100 + launch, 2, launch, 0);
    }
  }

  private void serve(int resource, long from, long to) {
    log.interval(101, false, resource, 0, from, to);
  }

  private void await(int resource, long from, long to) {
    log.interval(101, true, resource, 0, from, to);
  }

  /** Launch n had the resource from {@code from} on, and had queued for it. */
  private void stay(int launch, int resource, long queued, long from, long to) {
    log.hold(resource, launch, 100 + launch, queued, from, to, false);
  }

  private <T> T asked(long began, long ended, Function<TraceStore, T> question) {
    try {
      log.done(101, began, ended);
      log.close();
      try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
        return question.apply(store);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(Part part) {
    StringBuilder line = new StringBuilder();
    line.append(part.kind()).append(' ').append(part.resource());
    line.append(' ').append(part.start()).append("..").append(part.stop());
    part.split()
        .forEach((label, nanos) -> line.append(' ').append(label).append('=').append(nanos));
    for (Holder holder : part.holders()) {
      line.append(", ").append(holder.name()).append(' ').append(holder.nanos());
    }
    return line.toString();
  }

  private List<String> path(long began, long ended) {
    return asked(
        began,
        ended,
        store -> {
          Request request = new Requests(store).find(101).orElseThrow();
          return new Blame(store).path(request).stream().map(BlameTest::line).toList();
        });
  }

  @Test
  void aWaitForOwnWorkIsFollowedBackToWhereThatWasQueuedAndWhatWentOnBesideCostsNothing() {
    log.spent(101, EADD, 15);
    serve(CORE, 0, 20);
    await(LOCK, 20, 30);
    await(WORKER, 30, 90);
    stay(2, WORKER, 0, 0, 40);
    stay(1, WORKER, 5, 40, 90);
    assertThat(path(0, 90))
        .as("the part of the service that is left has no labels")
        .containsExactly("SERVE core 0..5", "WAIT worker 5..40, launch 2 35", "OWN worker 40..90");
  }

  @Test
  void aServiceThatIsWholeKeepsItsLabels() {
    log.spent(101, EADD, 15);
    serve(CORE, 0, 20);
    await(LOCK, 20, 30);
    assertThat(path(0, 30)).containsExactly("SERVE core 0..20 eadd=15", "WAIT lock 20..30");
  }

  @Test
  void aWaitThatEndsByGettingTheResourceIsForOthersThoughWorkOfOnesOwnEndsThen() {
    serve(CORE, 0, 10);
    await(LOCK, 10, 50);
    stay(1, LOCK, 2, 20, 50);
    stay(1, LOCK, 10, 50, 60);
    serve(LOCK, 50, 60);
    assertThat(path(0, 60))
        .containsExactly("SERVE core 0..10", "WAIT lock 10..50", "SERVE lock 50..60");
  }

  @Test
  void workThatIsQueuedWhenTheWaitBeginsIsTheWaitItself() {
    serve(CORE, 0, 10);
    await(WORKER, 10, 50);
    stay(1, WORKER, 10, 30, 50);
    assertThat(path(0, 50)).containsExactly("SERVE core 0..10", "WAIT worker 10..50");
  }

  @Test
  void ofAWaitThatIsCutOffByParallelWorkNoOtherWorkIsToBlame() {
    serve(CORE, 0, 10);
    await(LOCK, 10, 50);
    await(WORKER, 50, 90);
    stay(1, LOCK, 5, 7, 30); // ends where the path cuts the wait for the lock
    stay(1, WORKER, 30, 60, 90);
    assertThat(path(0, 90))
        .containsExactly(
            "SERVE core 0..10", "WAIT lock 10..30", "WAIT worker 30..60", "OWN worker 60..90");
  }

  @Test
  void workThatBeganBeforeItsRequestIsToBlameFromTheBeginningOn() {
    await(WORKER, 20, 50);
    stay(1, WORKER, 5, 10, 50);
    assertThat(path(20, 50)).containsExactly("LATE  0..20", "OWN worker 20..50");
  }

  @Test
  void workThatWasQueuedBeforeItsRequestBeganWaitsFromTheBeginningOn() {
    await(WORKER, 20, 50);
    stay(3, WORKER, 0, 0, 30);
    stay(1, WORKER, 5, 30, 50);
    assertThat(path(20, 50))
        .containsExactly("LATE  0..20", "WAIT worker 20..30, launch 3 10", "OWN worker 30..50");
  }

  @Test
  void holdersAreOthersWhoHadItForAnyOfTheWait() {
    await(LOCK, 20, 60);
    stay(2, LOCK, 0, 10, 20); // gone when the wait began
    stay(3, LOCK, 0, 15, 30);
    stay(1, LOCK, 0, 31, 33); // its own
    stay(4, LOCK, 0, 40, 70);
    stay(2, LOCK, 0, 60, 80); // came when the wait was over
    assertThat(path(20, 60))
        .containsExactly("LATE  0..20", "WAIT lock 20..60, launch 3 10, launch 4 20");
  }

  @Test
  void whoHoldsOnNobodysBehalfGoesByItsTask() {
    log.name(Dictionary.NOTE, 0, "task.9=add-worker");
    await(LOCK, 20, 60);
    log.hold(LOCK, 8, 0, 10, 20, 30, false);
    log.hold(LOCK, 9, 0, 10, 30, 60, false);
    assertThat(path(20, 60))
        .containsExactly("LATE  0..20", "WAIT lock 20..60, task 8 10, task 9 (add-worker) 30");
  }

  @Test
  void aTimelineIsCutAtTheInstantThatIsAskedFor() {
    serve(CORE, 0, 20);
    await(LOCK, 20, 60);
    serve(CORE, 60, 70);
    List<String> timeline =
        asked(
            0,
            70,
            store ->
                new Blame(store)
                    .timeline(101, 45, 9).first().stream().map(BlameTest::line).toList());
    assertThat(timeline).containsExactly("SERVE core 0..20", "WAIT lock 20..45");
  }

  @Test
  void totalsCountLabelsApartAndTheRestOfAServiceByItsGroup() {
    log.spent(101, EADD, 15);
    serve(CORE, 0, 20);
    await(LOCK, 20, 27);
    Map<String, Long> totals =
        asked(0, 27, store -> new Blame(store).totals(new Requests(store).all()));
    assertThat(totals)
        .containsExactly(
            Map.entry("core: eadd", 15L), Map.entry("wait lock", 7L), Map.entry("serve core", 5L));
  }
}
