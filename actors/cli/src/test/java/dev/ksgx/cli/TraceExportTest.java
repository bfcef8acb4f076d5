package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.trace.export.Otlp;
import dev.ksgx.trace.export.OtlpRules;
import dev.ksgx.trace.export.Perfetto;
import dev.ksgx.trace.export.PerfettoRules;
import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.export.ShiViz;
import dev.ksgx.trace.export.ShiVizRules;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports of runs of all designs are what the viewers take. */
class TraceExportTest {
  private static final int MESSAGES = 10_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"storm", "v5", "out-of-tree", "dcap-le", "mainline", "daemon", "paging"})
  void viewersTakeTheExports(String run) throws IOException {
    try (TraceStore store = TraceStore.open(TracedRun.of(run, 60, folder), Progress.NONE)) {
      Selection end = lastMessages(store);
      StringBuilder out = new StringBuilder();
      Perfetto.write(store, end, Perfetto.Flows.LAUNCH, out);
      PerfettoRules rules = PerfettoRules.check(new ObjectMapper().readTree(out.toString()));
      assertThat(rules.messages()).isGreaterThan(2_000);
      assertThat(rules.flows()).isPositive();
      assertThat(rules.requests()).isPositive();
      assertThat(rules.states()).isPositive();
      assertThat(rules.flowsAcross()).as("arrows from one launch to another").isZero();

      Request launch = new Requests(store).slowest(1, 0).get(0);
      for (Selection part : new Selection[] {end, new Selection(launch.id(), null, null)}) {
        out.setLength(0);
        ShiViz.write(store, part, out);
        assertThat(ShiVizRules.check(out.toString())).isGreaterThan(50);
        out.setLength(0);
        Otlp.write(store, part, out);
        assertThat(OtlpRules.check(out.toString())).isGreaterThan(50);
      }
    }
  }

  private static Selection lastMessages(TraceStore store) {
    return store
        .list(
            "select handled from message order by id desc limit 1 offset min(?, (select count(*) - 1"
                + " from message))",
            row -> new Selection(null, row.getLong(1), null),
            MESSAGES)
        .get(0);
  }
}
