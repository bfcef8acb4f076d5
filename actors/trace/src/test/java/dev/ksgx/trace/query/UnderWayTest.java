package dev.ksgx.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import dev.ksgx.trace.record.Only;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.BlameText;
import dev.ksgx.trace.text.MessageText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Launches that are under way when the trace ends, at 55 us: the first casts off, the second has
 * its stamp made while the crane has its cargo, the third waits for the desk.
 */
class UnderWayTest {
  private static final long END = 55_000;

  @TempDir Path folder;

  private TraceStore recorded(TraceOptions options) throws IOException {
    Path file = folder.resolve("yard.trace");
    Yard.record(file, options, END);
    return TraceStore.open(file, Progress.NONE);
  }

  private TraceStore recorded() throws IOException {
    return recorded(TraceOptions.everything());
  }

  private static List<String> path(TraceStore store, int launch) {
    return new Blame(store)
        .path(new Requests(store).numbered(launch).orElseThrow()).stream()
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
  void theyAreFoundByNumberAndById() throws IOException {
    try (TraceStore store = recorded()) {
      Requests requests = new Requests(store);
      Request second = requests.numbered(2).orElseThrow();
      assertThat(second).isEqualTo(new Request(102, "launch", 2, 10_000, 10_000, END, true));
      assertThat(requests.find(102)).contains(second);
      assertThat(second.title()).isEqualTo("launch 2 (under way at the end)");
      assertThat(requests.underWay(0)).extracting(Request::number).containsExactly(1L, 2L, 3L);
      assertThat(requests.underWay(12_000)).extracting(Request::number).containsExactly(3L);
      assertThat(requests.all()).isEmpty();
      assertThat(requests.numbered(4)).isEmpty();
    }
  }

  @Test
  void theirPathsLeadUpToTheEndOfTheTrace() throws IOException {
    try (TraceStore store = recorded()) {
      assertThat(path(store, 1)).containsExactly("own work at crane 0-50", "serve way 50-55");
      assertThat(path(store, 2)).containsExactly("wait desk 10-30 launch 1:20", "serve desk 30-55");
      assertThat(path(store, 3))
          .containsExactly("late start 15-20", "wait desk 20-55 launch 1:10 launch 2:25");
    }
  }

  @Test
  void theAnswersSayThatTheyHadNotEnded() throws IOException {
    try (TraceStore store = recorded()) {
      Request third = new Requests(store).numbered(3).orElseThrow();
      assertThat(BlameText.path(third, new Blame(store).path(third)))
          .startsWith(
              "launch 3 (request 103) was under way when the trace ended, after 40.000 us\n")
          .endsWith("  2 parts, together 40.000 us\n");
      MessageText text = new MessageText(store);
      assertThat(text.columns(third))
          .startsWith("launch 3: planned at 15.000 us, under way at the end, after 40.000 us\n");
      Message asked = new Messages(store).ofRequest(103).get(0);
      assertThat(text.show(asked)).contains("request  103  launch 3 (under way at the end)\n");
      assertThat(text.why(asked))
          .contains("request 103  launch 3 (under way at the end) up to then\n");
      assertThat(BlameText.leftOut(new Requests(store).underWay(0)))
          .isEqualTo(
              "  left out: 3 that had begun and not ended when the trace did, after 140.000 us"
                  + " together, such as launch 1\n");
    }
  }

  @Test
  void aHolderOfWhichOnlyTheNameIsThereIsNotUnderWay() throws IOException {
    try (TraceStore store =
        recorded(TraceOptions.everything().withOnly(Only.launches(List.of(3L))))) {
      Requests requests = new Requests(store);
      assertThat(requests.underWay(0)).extracting(Request::number).containsExactly(3L);
      assertThat(requests.numbered(2)).isEmpty();
      assertThat(requests.nameOf(102)).isEqualTo("launch 2");
      assertThat(path(store, 3)).last().asString().contains("launch 1:10 launch 2:25");
    }
  }

  /** The log of a run that was killed does not have what was open then. */
  @Test
  void whatWasOpenWhenTheRunWasKilledIsNotGuessed() throws IOException {
    Path file = folder.resolve("killed");
    try (LogWriter log = new LogWriter(file, Long.MAX_VALUE)) {
      log.name(Dictionary.ACTOR, 1, "/user/a");
      log.name(Dictionary.TYPE, 1, "T");
      log.name(Dictionary.LABEL, 1, "launch");
      log.resource(1, "core-0", "core", 1);
      log.begun(7, 1, 3, 10);
      log.interval(7, false, 1, 0, 20, 30);
      log.begun(8, 1, 4, 25);
      log.message(1, 0, 7, 1, 1, 50, 50, 1, 0, 0, new int[0], new long[0]);
    }
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      Requests requests = new Requests(store);
      Request third = requests.numbered(3).orElseThrow();
      assertThat(new Blame(store).path(third))
          .extracting(part -> part.what() + " " + part.start() + "-" + part.stop())
          .containsExactly("late start 10-20", "serve core 20-30", "not over at the end 30-50");
      assertThat(new Blame(store).path(requests.numbered(4).orElseThrow()))
          .extracting(part -> part.what() + " " + part.start() + "-" + part.stop())
          .containsExactly("not over at the end 25-50");
    }
  }
}
