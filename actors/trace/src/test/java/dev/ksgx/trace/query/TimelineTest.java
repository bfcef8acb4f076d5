package dev.ksgx.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.MessageText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request did up to an instant, as {@code why} tells it. */
class TimelineTest {
  @TempDir Path folder;

  private static List<String> words(List<Part> parts) {
    return parts.stream().map(p -> p.what() + " " + p.start() + "-" + p.stop()).toList();
  }

  @Test
  void aLateStartIsToldWithWhatItsMakerHadInHand() throws IOException {
    Path file = folder.resolve("yard.trace");
    Yard.record(file, TraceOptions.everything());
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      Timeline third = new Blame(store).timeline(103, 95_000, 9);
      assertThat(words(third.first()))
          .containsExactly(
              "late start 15000-20000",
              "wait desk 20000-60000",
              "serve desk 60000-90000",
              "serve way 90000-95000");
      Filter finish = new Filter("ship-3", "Finish", null, Map.of(), null, null);
      Message over = new Messages(store).list(finish, 9).get(0);
      assertThat(new MessageText(store).why(over))
          .contains(
              "request 103  launch 3 up to then\n"
                  + "          5.000 us from 15.000: not begun: whoever makes it was busy\n"
                  + "         40.000 us from 20.000: waited for desk, held by launch 1 (10.000)");
    }
  }

  /** 1,000 times 10 ns of service and 10 ns of waiting for what request 8 had. */
  private TraceStore busy() throws IOException {
    Path file = folder.resolve("busy");
    try (LogWriter log = new LogWriter(file, Long.MAX_VALUE)) {
      log.name(Dictionary.ACTOR, 1, "/user/a");
      log.name(Dictionary.TYPE, 1, "T");
      log.name(Dictionary.LABEL, 1, "walk");
      log.resource(1, "core-0", "core", 1);
      log.resource(2, "lock-0", "lock", 1);
      for (long at = 0; at < 20_000; at += 20) {
        log.spent(7, 1, 4);
        log.interval(7, false, 1, 0, at, at + 10);
        log.hold(2, 88, 8, at + 5, at + 5, at + 20, false);
        log.hold(2, 77, 7, at + 10, at + 20, at + 25, false);
        log.interval(7, true, 2, 88, at + 10, at + 20);
      }
      log.message(1, 0, 7, 1, 1, 19_999, 19_999, 1, 0, 0, new int[0], new long[0]);
      log.done(7, 0, 20_000);
    }
    return TraceStore.open(file, Progress.NONE);
  }

  @Test
  void ofAVeryLongOneTheEndsAreTold() throws IOException {
    try (TraceStore store = busy()) {
      Blame blame = new Blame(store);
      Timeline whole = blame.timeline(7, 19_999, 1_000);
      assertThat(whole.first()).hasSize(2_000);
      assertThat(whole.between()).isZero();
      assertThat(whole.last()).isEmpty();
      Timeline ends = blame.timeline(7, 19_999, 3);
      assertThat(ends.between()).isEqualTo(1_994);
      assertThat(ends.first()).isEqualTo(whole.first().subList(0, 3));
      assertThat(ends.last()).isEqualTo(whole.first().subList(1_997, 2_000));
      assertThat(ends.last().get(2))
          .isEqualTo(
              new Part(
                  Part.Kind.WAIT,
                  "lock-0",
                  "lock",
                  19_990,
                  19_999,
                  Map.of(),
                  List.of(new Holder(88, "request 8", 9))));
      assertThat(ends.last().get(1).split()).containsExactly(Map.entry("walk", 4L));
      String why = new MessageText(store).why(new Messages(store).find(1).orElseThrow());
      assertThat(why)
          .contains(
              "\n  ... 1800 more; all: sql \"select * from spans where request = 7 order by start\"\n");
      assertThat(why.lines().filter(line -> line.contains("served by core-0"))).hasSize(100);
    }
  }
}
