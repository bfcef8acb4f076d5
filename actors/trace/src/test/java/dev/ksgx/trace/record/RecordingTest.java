package dev.ksgx.trace.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.query.Filter;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
  private static final Filter ANY = new Filter(null, null, null, Map.of(), null, null);

  @TempDir Path folder;

  private Path recorded(String name, TraceOptions options) throws IOException {
    Path file = folder.resolve(name);
    Yard.record(file, options);
    return file;
  }

  @Test
  void theSameSeedLeavesTheSameFileByteForByte() throws IOException {
    Path one = recorded("one", TraceOptions.everything());
    Path other = recorded("other", TraceOptions.everything());
    assertThat(Files.mismatch(one, other)).isEqualTo(-1);
  }

  @Test
  void lessDetailLeavesOutFieldsThenMessages() throws IOException {
    try (TraceStore store =
        TraceStore.open(
            recorded("m", TraceOptions.everything().withDetail(Detail.MESSAGES)), Progress.NONE)) {
      List<Message> messages = new Messages(store).list(ANY, 100);
      assertThat(messages).hasSize(37).allSatisfy(m -> assertThat(m.fields()).isNull());
      assertThat(messages).filteredOn(m -> m.request() == 101).hasSize(10);
    }
    try (TraceStore store =
        TraceStore.open(
            recorded("r", TraceOptions.everything().withDetail(Detail.REQUESTS)), Progress.NONE)) {
      assertThat(new Messages(store).list(ANY, 100)).isEmpty();
      assertThat(new Requests(store).all()).hasSize(3);
    }
  }

  @Test
  void aSampleKeepsWholeLaunchesAndWhatServesNone() throws IOException {
    try (TraceStore all =
            TraceStore.open(recorded("all", TraceOptions.everything()), Progress.NONE);
        TraceStore some =
            TraceStore.open(
                recorded("some", TraceOptions.everything().withOneIn(3)), Progress.NONE)) {
      List<Long> kept = new Requests(some).all().stream().map(r -> r.id()).toList();
      assertThat(kept).containsExactly(101L, 103L);
      List<Long> expected =
          new Messages(all)
              .list(ANY, 100).stream()
                  .filter(m -> m.request() == 0 || kept.contains(m.request()))
                  .map(Message::id)
                  .toList();
      assertThat(new Messages(some).list(ANY, 100)).extracting(Message::id).isEqualTo(expected);
    }
  }
}
