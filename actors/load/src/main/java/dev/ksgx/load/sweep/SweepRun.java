package dev.ksgx.load.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.load.scenario.RunLength;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.study.Pilots;
import dev.ksgx.load.study.PointPlan;
import dev.ksgx.load.study.StopRule;
import dev.ksgx.load.study.StudyControl;
import dev.ksgx.load.study.StudyPlan;
import dev.ksgx.load.study.StudyResult;
import dev.ksgx.load.study.StudyRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs the points of a sweep, several at a time. What comes of a point depends on the point alone.
 */
public final class SweepRun {
  /** Where rows go as points end. */
  public interface Sink {
    /** Rows that are there already, by id. */
    Map<String, Row> known();

    /** Takes one more; called from one thread. */
    void append(Row row) throws IOException;
  }

  /** What a task left: the bound of a cell, or a row; neither if it was cut off. */
  private record Over(SweepPlan.Cell cell, Double perSecond, Row row) {}

  private final SweepPlan plan;
  private final StudyControl control;
  private final ExecutorService pool;
  private final ExecutorCompletionService<Over> running;

  private SweepRun(SweepPlan plan, int jobs, StudyControl control) {
    this.plan = plan;
    this.control = control;
    this.pool = Executors.newFixedThreadPool(jobs);
    this.running = new ExecutorCompletionService<>(pool);
  }

  /**
   * Runs whatever {@code sink} does not know yet.
   *
   * @param jobs runs at a time, from 1
   * @return rows in the order of the plan; if {@code control} asked for a stop some are missing
   * @throws dev.ksgx.load.scenario.ScenarioException if no launch succeeds where a bound is needed
   * @throws IllegalStateException if a run broke a law or an actor failed, naming the point
   * @throws IOException if the sink fails
   */
  public static List<Row> run(SweepPlan plan, Sink sink, int jobs, StudyControl control)
      throws InterruptedException, IOException {
    return new SweepRun(plan, jobs, control).run(sink);
  }

  private List<Row> run(Sink sink) throws InterruptedException, IOException {
    Map<String, Row> rows = new LinkedHashMap<>(sink.known());
    Map<Integer, List<SweepPlan.Point>> missing = new LinkedHashMap<>();
    int planned = 0;
    for (SweepPlan.Point point : plan.points()) {
      if (!rows.containsKey(point.id())) {
        missing.computeIfAbsent(point.cell().number(), cell -> new ArrayList<>()).add(point);
        planned++;
      }
    }
    try {
      int open = 0;
      for (List<SweepPlan.Point> points : missing.values()) {
        open += begin(points);
      }
      for (int done = 0; open > 0; open--) {
        Over over = next();
        if (over.perSecond() != null) {
          for (SweepPlan.Point point : missing.get(over.cell().number())) {
            submit(point, over.perSecond());
            open++;
          }
        } else if (over.row() != null) {
          sink.append(over.row());
          rows.put(over.row().id(), over.row());
          control.progress(++done, planned);
        }
      }
    } finally {
      pool.shutdownNow();
    }
    return plan.points().stream()
        .map(point -> rows.get(point.id()))
        .filter(row -> row != null)
        .toList();
  }

  /** A cell whose load is a share of a bound begins with the pilot that finds the bound. */
  private int begin(List<SweepPlan.Point> points) {
    SweepPlan.Cell cell = points.get(0).cell();
    if (cell.load().isEmpty()) {
      points.forEach(point -> submit(point, null));
      return points.size();
    }
    running.submit(() -> new Over(cell, stopped() ? null : bound(cell), null));
    return 1;
  }

  private void submit(SweepPlan.Point point, Double bound) {
    running.submit(
        () -> new Over(point.cell(), null, stopped() ? null : row(point, bound).orElse(null)));
  }

  private boolean stopped() {
    return control.stopRequested() || Thread.currentThread().isInterrupted();
  }

  private Double bound(SweepPlan.Cell cell) throws InterruptedException {
    Config keys =
        ConfigFactory.parseString(Pilots.ONE_THREAD)
            .withFallback(cell.settings())
            .withFallback(plan.designs().get(0).keys());
    Scenario idle = plan.scenarios().apply(keys).withSeed(cell.seed());
    PointPlan point = new PointPlan(plan.designs().get(0), cell.at(), idle);
    try {
      return new Pilots(point.design(), 1, quiet()).capacities(List.of(point)).get(0).perSecond();
    } catch (CancellationException e) {
      return null;
    }
  }

  private Optional<Row> row(SweepPlan.Point point, Double bound) throws InterruptedException {
    Scenario scenario = bound == null ? point.scenario() : loaded(point, bound);
    StudyPlan one =
        new StudyPlan(
            "sweep",
            "",
            point.cell().seed(),
            List.of(point.design()),
            List.of(),
            scenario,
            List.of(new PointPlan(point.design(), point.cell().at(), scenario)),
            StopRule.exactly(plan.request().replications()),
            List.of());
    StudyResult result = StudyRun.run(one, 1, quiet());
    return result.partial()
        ? Optional.empty()
        : Optional.of(Row.of(point, plan.base().load().seed(), result.report().points().get(0)));
  }

  /**
   * The scenario at its share of the bound. A window of so many launches becomes one of the time
   * that they take at that rate, so that it is the same for all designs.
   */
  private Scenario loaded(SweepPlan.Point point, double bound) {
    double rate = Math.max(1, Math.rint(point.cell().load().getAsDouble() * bound));
    String window =
        point.scenario().load().length() instanceof RunLength.Count count
            ? String.format(
                Locale.ROOT, ", length = %d ns", Math.round(count.launches() / rate * 1e9))
            : "";
    return plan.scenarios()
        .apply(
            ConfigFactory.parseString(
                    String.format(Locale.ROOT, "load { rate = %.0f%s }", rate, window))
                .withFallback(point.cell().settings())
                .withFallback(point.design().keys()));
  }

  /** Stops as the sweep does, and says nothing of its own progress. */
  private StudyControl quiet() {
    return new StudyControl() {
      @Override
      public boolean stopRequested() {
        return control.stopRequested();
      }
    };
  }

  private Over next() throws InterruptedException {
    try {
      return running.take().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
