package dev.ksgx.trace.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Filter;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.BlameText;
import dev.ksgx.trace.text.MessageText;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three launches of {@link Yard}, computed by hand in its comment. */
class HandComputedTest {
  @TempDir Path folder;
  private TraceStore store;

  @BeforeEach
  void recordAndOpen() throws Exception {
    Path file = folder.resolve("yard.trace");
    Yard.record(file, TraceOptions.everything());
    store = TraceStore.open(file, Progress.NONE);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Request launch(int number) {
    return new Requests(store).numbered(number).orElseThrow();
  }

  private List<String> path(int number) {
    return new Blame(store)
        .path(launch(number)).stream()
            .map(
                part ->
                    part.what()
                        + " "
                        + part.start() / 1000
                        + "-"
                        + part.stop() / 1000
                        + part.holders().stream()
                            .map(h -> " " + h.name() + ":" + h.nanos() / 1000)
                            .reduce("", String::concat))
            .toList();
  }

  @Test
  void ofParallelPartsTheLaterOneIsToBlame() {
    assertThat(path(1)).containsExactly("own work at crane 0-50", "serve way 50-60");
  }

  @Test
  void aQueueOfOwnWorkIsBlamedOnThoseAhead() {
    assertThat(path(2))
        .containsExactly(
            "wait crane 10-50 launch 1:40", "own work at crane 50-100", "serve way 100-110");
  }

  @Test
  void aWaitNamesEveryHolderWithItsShare() {
    assertThat(path(3))
        .containsExactly(
            "late start 15-20",
            "wait desk 20-60 launch 1:10 launch 2:30",
            "serve desk 60-90",
            "serve way 90-100");
  }

  @Test
  void partsSumToTheLatencyExactly() {
    long[] latencies = {60_000, 100_000, 85_000};
    for (int i = 1; i <= 3; i++) {
      assertThat(launch(i).latencyNanos()).isEqualTo(latencies[i - 1]);
      assertThat(new Blame(store).path(launch(i)).stream().mapToLong(Part::nanos).sum())
          .isEqualTo(latencies[i - 1]);
    }
    Map<String, Long> totals = new Blame(store).totals(new Requests(store).all());
    assertThat(totals)
        .containsExactly(
            Map.entry("own work at crane", 100_000L),
            Map.entry("wait crane", 40_000L),
            Map.entry("wait desk", 40_000L),
            Map.entry("serve desk", 30_000L),
            Map.entry("serve way", 30_000L),
            Map.entry("late start", 5_000L));
  }

  @Test
  void theWholeAnswerIsAsComputed() throws Exception {
    MessageText text = new MessageText(store);
    Messages messages = new Messages(store);
    StringBuilder answer = new StringBuilder();
    answer.append(text.list(messages.list(new Filter(null, null, null, Map.of(), null, null), 99)));
    answer.append("\n--- why the second ship casts off\n");
    Filter off = new Filter("ship-2", "Finish", null, Map.of("ship", 2L), null, null);
    answer.append(text.why(messages.list(off, 9).get(0)));
    answer.append("\n--- launch 2\n").append(text.columns(launch(2)));
    answer.append("\n--- blame\n");
    for (Request request : new Requests(store).slowest(3, 0)) {
      answer.append(BlameText.path(request, new Blame(store).path(request)));
    }
    try (InputStream golden = HandComputedTest.class.getResourceAsStream("yard.txt")) {
      assertThat(answer.toString())
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
