package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In a trace of whole launches, by whatever design, each message but roots has a cause that was
 * being handled, and blame sums to each latency in integer nanoseconds.
 */
class TraceInvariantsTest {
  private static final String SCENARIOS = "dev/ksgx/load/scenarios/";

  /** Enclaves that are four times a small EPC page all the while, beside the launches. */
  private static final String PAGING =
      """
      include required(classpath("%sstorm-under-overcommit.conf"))
      machine.epc-mib = 8
      load {
        warm-up = 100 ms
        groups.tenant { unmeasured-pages = 1920, measured-pages = 128, touch.cycles = 400000 }
      }
      """
          .formatted(SCENARIOS);

  private static final String DAEMON =
      """
      include required(classpath("%sclosed-loop.conf"))
      include required(classpath("dev/ksgx/load/designs/user-le-2-cache.conf"))
      """
          .formatted(SCENARIOS);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"storm", "v5", "out-of-tree", "dcap-le", "mainline", "daemon", "paging"})
  void causesAreThereAndBlameSumsToTheLatency(String run) throws IOException {
    holds(run, 2_000);
  }

  @ParameterizedTest
  @Tag("soak")
  @ValueSource(strings = {"storm", "v5", "out-of-tree", "dcap-le", "mainline", "daemon", "paging"})
  void causesAreThereAndBlameSumsToTheLatencyOfAHundredThousandLaunches(String run)
      throws IOException {
    holds(run, 100_000);
  }

  private void holds(String run, int launches) throws IOException {
    Path trace = folder.resolve("t");
    List<Object> words = new ArrayList<>(List.of("run"));
    switch (run) {
      case "storm" -> words.add("launch-storm");
      case "daemon" -> words.add(Files.writeString(folder.resolve("daemon.conf"), DAEMON));
      case "paging" -> words.add(Files.writeString(folder.resolve("paging.conf"), PAGING));
      default -> words.addAll(List.of("closed-loop", "--set", "kernel.preset=" + run));
    }
    words.addAll(List.of("--set", "load.length=" + launches + " launches", "--no-digest"));
    words.addAll(List.of("--trace", trace));
    Ran ran = Ran.ksgx(words.toArray());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      assertThat(TraceInvariants.hold(store)).isGreaterThanOrEqualTo(launches);
    }
  }
}
