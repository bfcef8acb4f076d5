package dev.ksgx.trace.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.UseText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two traces differ where one of all that a message has does. */
class DivergenceTest {
  @TempDir Path folder;
  private Path one;

  @BeforeEach
  void record() throws Exception {
    Path file = folder.resolve("yard.trace");
    Yard.record(file, TraceOptions.everything());
    TraceStore.open(file, Progress.NONE).close();
    one = folder.resolve("yard.trace.sqlite");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cause = cause - 1",
        "sent = sent - 1",
        "origin = 1",
        "handled = handled + 1",
        "request = 7",
        "sender = receiver",
        "receiver = sender",
        "type = 1",
        "fields = '{}'"
      })
  void theFirstDifferenceIsFound(String change) throws Exception {
    Path other = folder.resolve("other.sqlite");
    Files.copy(one, other);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("update message set " + change + " where id >= 21 and id < 23");
    }
    try (TraceStore a = TraceStore.open(one, Progress.NONE);
        TraceStore b = TraceStore.open(other, Progress.NONE)) {
      assertThat(Divergence.of(a, a)).isEmpty();
      Divergence parted = Divergence.of(a, b).orElseThrow();
      assertThat(parted.same()).isEqualTo(20);
      assertThat(parted.left().id()).isEqualTo(21);
    }
  }

  @Test
  void theTextTellsOfTheCauses() throws Exception {
    try (TraceStore store = TraceStore.open(one, Progress.NONE)) {
      Messages messages = new Messages(store);
      Divergence parted =
          new Divergence(3, messages.find(21).orElseThrow(), messages.find(5).orElseThrow());
      assertThat(UseText.divergence(parted).lines().skip(1))
          .satisfiesExactly(
              line ->
                  assertThat(line).startsWith("A: m21 ").endsWith(", sent 60.000 us, cause m20"),
              line -> assertThat(line).startsWith("B: m5 ").contains(", sent 0.000 us, cause "));
    }
  }
}
