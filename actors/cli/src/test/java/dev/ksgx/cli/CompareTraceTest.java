package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Holder;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code compare --trace}: the slowest launches of a study, each with what made it slow. */
class CompareTraceTest {
  private static final String BOUNDED =
      "compare comparison --designs v5,direct-always --replications 2 --set machine.cores=2";

  private static final int CORES = 2;

  @TempDir static Path folder;
  private static final Path LOGS = Path.of("logs");
  private static Ran traced;
  private int waits;

  @BeforeAll
  static void record() {
    traced =
        compare("--out", folder.resolve("one"), "--trace", folder.resolve(LOGS), "--jobs", "1");
  }

  private static Ran compare(Object... more) {
    List<Object> words = new ArrayList<>(Arrays.asList((Object[]) BOUNDED.split(" ")));
    words.addAll(List.of("--set", "load.length=20 ms", "--set", "load.warm-up=5 ms"));
    words.addAll(Arrays.asList(more));
    return Ran.ksgx(words.toArray());
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void everySlowLaunchHasATraceThatSaysWhatTheTableSaysAndAPageThatTheReportLinks()
      throws IOException {
    Path logs = folder.resolve(LOGS);
    Path out = folder.resolve("one");
    assertThat(traced.code()).as(traced.err()).isEqualTo(ExitCode.OK);
    assertThat(traced.err()).contains("trace: the 20 slowest launches, from 4 runs, in " + logs);
    JsonNode points = json(out.resolve("results.json")).path("points");
    JsonNode index = json(logs.resolve("index.json")).path("logs");
    int found = 0;
    for (JsonNode log : index) {
      assertThat(out.resolve(log.path("page").asText())).isRegularFile();
      try (TraceStore store =
          TraceStore.open(logs.resolve(log.path("log").asText()), Progress.NONE)) {
        for (JsonNode point : points) {
          for (JsonNode row : point.path("slowest")) {
            if (point.path("design").equals(log.path("design"))
                && row.path("replication").equals(log.path("replication"))) {
              found++;
              sayTheSame(store, row);
            }
          }
        }
      }
    }
    assertThat(found).isEqualTo(20);
    assertThat(waits).isPositive();
    assertThat(Files.readString(out.resolve("report.html")))
        .contains(
            "data-pages=\"{&quot;pages&quot;:{&quot;0&quot;:{&quot;0&quot;:&quot;trace/001-v5-r0.html");
  }

  private void sayTheSame(TraceStore store, JsonNode row) {
    Request request = new Requests(store).numbered(row.path("launch").asLong()).orElseThrow();
    assertThat(request.latencyNanos() / 1e3).isEqualTo(row.path("latency").asDouble());
    List<Part> path = new Blame(store).path(request);
    assertThat(path.stream().mapToLong(Part::nanos).sum()).isEqualTo(request.latencyNanos());
    long late =
        path.stream().filter(part -> part.kind() == Part.Kind.LATE).mapToLong(Part::nanos).sum();
    assertThat(late / 1e3).isEqualTo(row.path("blame").path("late start").asDouble());
    for (Part part : path) {
      if (part.kind() == Part.Kind.WAIT && part.resource().equals("cores")) {
        // While one waits for a core, each core is held.
        assertThat(part.holders().stream().mapToLong(Holder::nanos).sum())
            .isEqualTo(CORES * part.nanos());
        waits++;
      }
    }
  }

  @Test
  void aTraceChangesNothingInTheStudyAndIsTheSameWhateverRunsAtATime() throws IOException {
    compare("--out", folder.resolve("plain"));
    compare("--out", folder.resolve("two"), "--trace", folder.resolve("logs-2"), "--jobs", "2");
    for (String file : List.of("results.json", "results.csv", "latencies.hlog", "summary.txt")) {
      assertThat(folder.resolve("one").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("plain").resolve(file));
    }
    assertThat(folder.resolve("two/report.html"))
        .hasSameBinaryContentAs(folder.resolve("one/report.html"));
    assertThat(folder.resolve("logs-2/index.json"))
        .hasSameBinaryContentAs(folder.resolve(LOGS).resolve("index.json"));
    for (JsonNode log : json(folder.resolve(LOGS).resolve("index.json")).path("logs")) {
      String name = log.path("log").asText();
      assertThat(folder.resolve("logs-2").resolve(name))
          .hasSameBinaryContentAs(folder.resolve(LOGS).resolve(name));
    }
  }

  @Test
  void withoutAReportThereAreLogsAndNoPages() throws IOException {
    Path logs = folder.resolve("logs alone");
    assertThat(compare("--trace", logs).code()).isEqualTo(ExitCode.OK);
    assertThat(json(logs.resolve("index.json")).path("logs").get(0).path("page").isNull()).isTrue();
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThat(compare("--trace", file).err())
        .isEqualTo(
            "ksgx: "
                + file
                + ": is a file; compare --trace writes a folder of traces"
                + System.lineSeparator());
  }
}
