package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.run.RunControl;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.record.Cause;
import dev.ksgx.runtime.record.Endpoint;
import dev.ksgx.runtime.record.Recorder;
import dev.ksgx.runtime.record.RunRecorder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs of a study that are made again for their slowest launches. */
class SlowRunsTest {
  private static final int REPLICATIONS = 3;
  private static final double WARM_UP_AND_LENGTH = 125e6;

  private static StudyResult result;

  private final Map<String, Latencies> kept = new ConcurrentHashMap<>();

  /** Latencies of launches by number, and when the run ended. */
  private static final class Latencies implements RunRecorder {
    private final Map<Long, Long> planned = new HashMap<>();
    private final Map<Long, Long> numbers = new HashMap<>();
    final Map<Long, Long> nanos = new HashMap<>();
    long endNanos = -1;

    @Override
    public void begin(Recorder system) {}

    @Override
    public void begun(long request, String kind, long number, long plannedNanos) {
      planned.put(request, plannedNanos);
      numbers.put(request, number);
    }

    @Override
    public void done(long request, long fromNanos, long toNanos) {
      Long began = planned.remove(request);
      if (began != null) {
        nanos.put(numbers.get(request), toNanos - began);
      }
    }

    @Override
    public void delivered(
        long id, long cause, Endpoint from, Endpoint to, long sent, long at, Object message) {}

    @Override
    public void system(
        long id, Cause cause, Endpoint from, Endpoint to, long sent, long at, String what) {}

    @Override
    public void failed(long id, Cause cause, String actor, long at, Throwable failure) {}

    @Override
    public void end(Probe probe, long nowNanos) {
      endNanos = nowNanos;
    }
  }

  private final class Keeper implements SlowRuns.Keeper {
    @Override
    public RunControl begin(SlowRun run, RunControl watch) {
      Latencies latencies = new Latencies();
      assertThat(kept.put(run.name(), latencies)).as("names are unique").isNull();
      return watch.recordedBy(latencies);
    }

    @Override
    public void end(SlowRun run) {
      assertThat(kept.get(run.name()).endNanos).isPositive();
    }
  }

  @BeforeAll
  static void study() throws InterruptedException {
    StudyRequest request =
        new StudyRequest(
            StudyRequest.Kind.DESIGNS,
            "",
            Optional.of("comparison"),
            List.of("load.rate=10000", "load.warm-up=5 ms", "load.length=120 ms"),
            OptionalLong.of(7),
            Designs.of(List.of("v5", "direct-always")),
            false,
            Optional.of(StopRule.exactly(REPLICATIONS)));
    StudyPlan plan = StudyPlans.of(request, 2, StudyControl.NONE);
    result = StudyRun.run(plan, 2, StudyControl.NONE);
  }

  @Test
  void theSlowestLaunchesAreAsSlowAgainAndTheRunEndsSoonAfterTheLastOfThem() throws Exception {
    StudyReport report = result.report();
    List<SlowRun> runs = SlowRun.of(result.plan(), report);
    assertThat(runs.stream().mapToInt(run -> run.launches().size()).sum()).isEqualTo(20);
    SlowRuns.run(runs, 2, StudyControl.NONE, new Keeper());
    List<Double> shares = new ArrayList<>();
    for (SlowRun run : runs) {
      Latencies latencies = kept.get(run.name());
      for (StudyReport.Slow slow : run.launches()) {
        assertThat(latencies.nanos.get(slow.launch()))
            .as("%s, launch %d", run.name(), slow.launch())
            .isEqualTo(SlowRun.latencyNanos(slow));
      }
      assertThat(latencies.endNanos).isGreaterThanOrEqualTo(run.endNanos());
      shares.add(latencies.endNanos / WARM_UP_AND_LENGTH);
    }
    assertThat(shares).as("not every run has its slowest launch at its end").anyMatch(s -> s < 0.9);
  }

  @Test
  void whoStopsGetsNoFurtherRun() throws Exception {
    StudyControl stopped =
        new StudyControl() {
          @Override
          public boolean stopRequested() {
            return true;
          }
        };
    SlowRuns.run(SlowRun.of(result.plan(), result.report()), 2, stopped, new Keeper());
    assertThat(kept).isEmpty();
    SlowRuns.Keeper full =
        new SlowRuns.Keeper() {
          @Override
          public RunControl begin(SlowRun run, RunControl watch) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void end(SlowRun run) {}
        };
    List<SlowRun> runs = SlowRun.of(result.plan(), result.report());
    assertThatThrownBy(() -> SlowRuns.run(runs, 2, StudyControl.NONE, full))
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
  }
}
