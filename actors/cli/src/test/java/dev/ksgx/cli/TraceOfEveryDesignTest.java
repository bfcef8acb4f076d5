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
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What is true of a trace by whatever design, and of its exports: one run each. */
@ParameterizedClass
@ValueSource(strings = {"storm", "v5", "out-of-tree", "dcap-le", "mainline", "daemon", "paging"})
class TraceOfEveryDesignTest {
  private static final int LAUNCHES = 300;
  private static final int EXPORTED = 8_000;

  @TempDir static Path folder;
  private static Path trace;
  private static TraceStore store;
  private final StringBuilder out = new StringBuilder();

  TraceOfEveryDesignTest(String run) {}

  @BeforeParameterizedClassInvocation
  static void record(String run) throws IOException {
    trace = TracedRun.of(run, LAUNCHES, folder);
    store = TraceStore.open(trace, Progress.NONE);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    store.close();
  }

  @Test
  void causesWereBeingHandledAndBlameSumsToTheLatency() {
    assertThat(TraceInvariants.hold(store)).isGreaterThanOrEqualTo(LAUNCHES);
  }

  @Test
  void perfettoDrawsAllOfItAndNoArrowBetweenLaunches() throws IOException {
    Perfetto.write(store, end(), Perfetto.Flows.LAUNCH, out);
    PerfettoRules rules = PerfettoRules.check(new ObjectMapper().readTree(out.toString()));
    assertThat(rules.messages()).isGreaterThanOrEqualTo(EXPORTED);
    assertThat(rules.last())
        .isEqualByComparingTo(
            store
                .list(
                    "select max(handled) from message",
                    row -> BigDecimal.valueOf(row.getLong(1), 3))
                .get(0));
    assertThat(rules.flows()).isPositive();
    assertThat(rules.requests()).isPositive();
    assertThat(rules.states()).isPositive();
    assertThat(rules.flowsAcross()).as("arrows from one launch to another").isZero();
  }

  @Test
  void shiVizTakesTheClocks() throws IOException {
    for (Selection part : List.of(end(), slowest())) {
      out.setLength(0);
      ShiViz.write(store, part, out);
      assertThat(ShiVizRules.check(out.toString())).isEqualTo(messages(part));
    }
  }

  @Test
  void shiVizOfTheWholeTraceIsRefusedBeforeAnythingIsWritten() throws IOException {
    Path target = folder.resolve("whole.log");
    Ran ran = Ran.ksgx("trace", "export", trace, "--format", "shiviz", "--out", target);
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.err().strip())
        .isEqualTo(
            "ksgx: shiviz: %s has more than 20,000 messages, each of which has a vector clock;"
                    .formatted(trace)
                + " choose a launch by --launch N or a time by --from and --to");
    assertThat(target).doesNotExist();
  }

  @Test
  void otlpTakesTheSpans() throws IOException {
    Otlp.write(store, slowest(), out);
    assertThat(OtlpRules.check(out.toString())).isEqualTo(messages(slowest()));
    out.setLength(0);
    Otlp.write(store, end(), out);
    assertThat(OtlpRules.check(out.toString())).isGreaterThan(50);
  }

  private static Selection slowest() {
    return new Selection(new Requests(store).slowest(1, 0).get(0).id(), null, null);
  }

  /** From the instant on at which so many messages are left. */
  private static Selection end() {
    return store
        .list(
            "select handled from message order by id desc limit 1 offset ?",
            row -> new Selection(null, row.getLong(1), null),
            EXPORTED - 1)
        .get(0);
  }

  private static int messages(Selection part) {
    return store
        .list(
            "select count(*) from message where (? is null or request = ?) and handled >= ?",
            row -> row.getInt(1),
            part.request(),
            part.request(),
            part.fromNanos() == null ? 0 : part.fromNanos())
        .get(0);
  }
}
