package dev.ksgx.load.study;

import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.run.LoadRun;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.ImageMix;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.workload.Targets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs the replications of a study, several at a time. Each is a system of its own with a seed that
 * depends on its number alone, and what becomes of it is put in its place by that number; so the
 * result depends neither on how many run at a time nor on which of them ends first.
 */
public final class StudyRun {
  /** A run to be made; {@code order} is that of their submission. */
  private record Task(int order, int point, int number) {}

  /** A run that is over; null for a replication that was dropped. */
  private record Over(Task task, Replication replication, RuntimeException failure) {}

  private final StudyPlan plan;
  private final StudyControl control;
  private final ExecutorService pool;
  private final ExecutorCompletionService<Over> running;
  private final Map<ImageMix, Targets> targets = new HashMap<>();
  private final List<TreeMap<Integer, Replication>> made = new ArrayList<>();
  private final int[] wanted;
  private volatile boolean failed;
  private int submitted;

  private StudyRun(StudyPlan plan, int jobs, StudyControl control) {
    this.plan = plan;
    this.control = control;
    this.pool = Executors.newFixedThreadPool(jobs);
    this.running = new ExecutorCompletionService<>(pool);
    this.wanted = new int[plan.points().size()];
    for (PointPlan point : plan.points()) {
      made.add(new TreeMap<>());
      targets.computeIfAbsent(point.scenario().load().images(), Targets::of);
    }
  }

  /**
   * Runs everything.
   *
   * @param jobs runs at a time, from 1
   * @return what there is; if {@code control} asked for a stop, what there is by then
   * @throws IllegalStateException if a run broke a law or an actor failed, naming the point
   */
  public static StudyResult run(StudyPlan plan, int jobs, StudyControl control)
      throws InterruptedException {
    return new StudyRun(plan, jobs, control).run();
  }

  private StudyResult run() throws InterruptedException {
    try {
      for (int number = 0; number < plan.rule().first(); number++) {
        for (int point = 0; point < wanted.length; point++) {
          submit(point, number);
        }
      }
      TreeMap<Integer, Over> failures = new TreeMap<>();
      for (int done = 1; done <= submitted; done++) {
        Over over = result(running.take());
        if (over.failure() != null) {
          failures.put(over.task().order(), over);
        } else if (over.replication() != null) {
          keep(over);
        }
        control.progress(done, submitted);
      }
      if (!failures.isEmpty()) {
        throw named(failures.firstEntry().getValue());
      }
    } finally {
      pool.shutdownNow();
    }
    return result();
  }

  private void submit(int point, int number) {
    Task task = new Task(submitted++, point, number);
    wanted[point] = number + 1;
    running.submit(() -> run(task));
  }

  /**
   * A task that begins after a failure or a stop does nothing; one under way goes on to its end.
   */
  private Over run(Task task) {
    if (failed || control.stopRequested()) {
      return new Over(task, null, null);
    }
    try {
      PointPlan point = plan.points().get(task.point());
      Scenario scenario = point.scenario().withSeed(Seeds.of(plan.seed(), task.number()));
      Targets launched = targets.get(scenario.load().images());
      RunResult result = LoadRun.run(scenario, launched, false, watch());
      boolean cutOff = result.report().partial() != null;
      return new Over(task, cutOff ? null : Replication.of(result), null);
    } catch (RuntimeException e) {
      failed = true;
      return new Over(task, null, e);
    }
  }

  private RunControl watch() {
    return new RunControl() {
      @Override
      public boolean stopRequested() {
        return control.stopRequested();
      }
    };
  }

  private void keep(Over over) {
    int point = over.task().point();
    TreeMap<Integer, Replication> replications = made.get(point);
    replications.put(over.task().number(), over.replication());
    if (replications.size() == wanted[point]) {
      List<Replication> all = List.copyOf(replications.values());
      int next = plan.rule().next(all.size(), new PointMaker(all).estimatesToNarrow());
      for (int number = all.size(); number < next; number++) {
        submit(point, number);
      }
    }
  }

  /**
   * Replications count up to the first one that is missing, so that pairs are of the same seeds.
   */
  private StudyResult result() {
    boolean partial = false;
    List<List<Replication>> results = new ArrayList<>();
    for (int point = 0; point < wanted.length; point++) {
      TreeMap<Integer, Replication> replications = made.get(point);
      List<Replication> leading = new ArrayList<>();
      while (replications.containsKey(leading.size())) {
        leading.add(replications.get(leading.size()));
      }
      partial |= leading.size() < wanted[point];
      results.add(leading);
    }
    return new StudyResult(plan, results, partial);
  }

  private IllegalStateException named(Over failure) {
    PointPlan point = plan.points().get(failure.task().point());
    IllegalStateException named =
        new IllegalStateException(
            "%s, replication %d (seed %d): %s"
                .formatted(
                    point.name(),
                    failure.task().number(),
                    Seeds.of(plan.seed(), failure.task().number()),
                    failure.failure().getMessage()));
    named.addSuppressed(failure.failure());
    return named;
  }

  private static Over result(Future<Over> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
