package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording that was killed: what was written by then can be asked. */
class KilledRunIT {
  private static final long BYTES = 20_000_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(200);

  @TempDir private Path folder;

  @Test
  void wholeBlocksOfAKilledRunAnswerAndItIsSaidThatItWasKilled() throws Exception {
    Path trace = folder.resolve("killed.trace");
    kill(trace);
    Ran listed = Jar.run("trace", "list", trace, "--type", "Ended", "--limit", 1);
    assertThat(listed.code()).as(listed.err()).isZero();
    assertThat(listed.err())
        .containsPattern(
            "the run was killed, or goes on, or could write no more: [1-9][0-9,]{4,} messages are here");
    String id = listed.out().substring(0, listed.out().indexOf(' '));
    assertThat(Jar.run("trace", "why", trace, id).out()).contains("which is a root");
    assertThat(Jar.run("trace", "blame", trace, "--slowest", 1).out())
        .contains("wait launch-enclave")
        .containsPattern("1 requests?, together");
    assertThat(Jar.run("trace", "resources", trace).out()).contains("launch-enclave");
    Ran counted =
        Jar.run(
            "trace",
            "sql",
            trace,
            "select count(*) from message union all select max(id) from message");
    assertThat(counted.out().lines().skip(1).distinct())
        .as("nothing in between is lost")
        .hasSize(1);
  }

  private static void kill(Path trace) throws Exception {
    Process run =
        Jar.command(
                "run", "closed-loop", "--set", "load.length=10000000 launches", "--trace", trace)
            .redirectOutput(new File("/dev/null"))
            .redirectError(new File("/dev/null"))
            .start();
    try {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (!Files.exists(trace) || Files.size(trace) < BYTES) {
        assertThat(run.isAlive() && System.nanoTime() < end).as("it records").isTrue();
        TimeUnit.MILLISECONDS.sleep(50);
      }
    } finally {
      run.destroyForcibly();
      assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
