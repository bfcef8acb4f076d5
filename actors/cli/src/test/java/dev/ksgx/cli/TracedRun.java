package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs that are traced to hold what is said of every trace. */
final class TracedRun {
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
      load.warm-up = 1 ms
      """
          .formatted(SCENARIOS);

  /** Nothing is measured here: what comes before is traced like the rest. */
  private static final String WARM_UP = "load.warm-up=1 ms";

  private TracedRun() {}

  /**
   * A trace of a run of so many launches.
   *
   * @param run storm, daemon, paging, or a preset in a closed loop
   */
  static Path of(String run, int launches, Path folder) throws IOException {
    Path trace = folder.resolve(run);
    List<Object> words = new ArrayList<>(List.of("run"));
    switch (run) {
      case "storm" -> words.addAll(List.of("launch-storm", "--set", WARM_UP));
      case "daemon" -> words.add(Files.writeString(folder.resolve("daemon.conf"), DAEMON));
      case "paging" -> words.add(Files.writeString(folder.resolve("paging.conf"), PAGING));
      default ->
          words.addAll(List.of("closed-loop", "--set", "kernel.preset=" + run, "--set", WARM_UP));
    }
    words.addAll(List.of("--set", "load.length=" + launches + " launches", "--no-digest"));
    words.addAll(List.of("--trace", trace));
    Ran ran = Ran.ksgx(words.toArray());
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    if (run.equals("paging")) {
      assertThat(ran.out()).containsPattern("paging +evicted [1-9]");
    }
    return trace;
  }
}
