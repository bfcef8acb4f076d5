package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In a trace of whole launches, by whatever design, each message but roots has a cause that was
 * being handled, and blame sums to each latency in integer nanoseconds.
 */
class TraceInvariantsTest {
  private static final int LAUNCHES = 100_000;

  @TempDir Path folder;

  @ParameterizedTest
  @Tag("soak")
  @ValueSource(strings = {"storm", "v5", "out-of-tree", "dcap-le", "mainline", "daemon", "paging"})
  void causesAreThereAndBlameSumsToTheLatencyOfAHundredThousandLaunches(String run)
      throws IOException {
    Path trace = TracedRun.of(run, LAUNCHES, folder);
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      assertThat(TraceInvariants.hold(store)).isGreaterThanOrEqualTo(LAUNCHES);
    }
  }
}
