package dev.ksgx.load.study;

import dev.ksgx.load.run.LoadRun;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.ImageMix;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.workload.Targets;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes runs of a study again, each under a recorder, until the last launch of interest has ended.
 * The same seed makes the same run, so nothing has to be recorded while nobody knows yet which
 * launches will be slow.
 */
public final class SlowRuns {
  /** Keeps runs; called from several threads, for each run from one. */
  public interface Keeper {
    /** The run that begins now is to be kept: the same control, with whoever keeps it. */
    RunControl begin(SlowRun run, RunControl watch) throws IOException;

    /** The run is over. */
    void end(SlowRun run) throws IOException;
  }

  private final StudyControl control;
  private final Keeper keeper;
  private final Map<ImageMix, Targets> targets = new HashMap<>();

  private SlowRuns(StudyControl control, Keeper keeper) {
    this.control = control;
    this.keeper = keeper;
  }

  /**
   * Makes them.
   *
   * @param jobs runs at a time, from 1
   * @param control if it asks for a stop, no further run begins
   * @throws IOException if the keeper cannot keep one
   */
  public static void run(List<SlowRun> runs, int jobs, StudyControl control, Keeper keeper)
      throws IOException, InterruptedException {
    SlowRuns again = new SlowRuns(control, keeper);
    for (SlowRun run : runs) {
      again.targets.computeIfAbsent(run.plan().scenario().load().images(), Targets::of);
    }
    ExecutorService pool = Executors.newFixedThreadPool(jobs);
    ExecutorCompletionService<Void> running = new ExecutorCompletionService<>(pool);
    try {
      runs.forEach(run -> running.submit(() -> again.run(run)));
      for (int done = 1; done <= runs.size(); done++) {
        result(running.take());
        control.progress(done, runs.size());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private Void run(SlowRun run) throws IOException {
    if (control.stopRequested()) {
      return null;
    }
    Scenario scenario = run.plan().scenario().withSeed(run.seed());
    RunControl watch = keeper.begin(run, new Until(run.endNanos()));
    LoadRun.run(scenario, targets.get(scenario.load().images()), false, watch);
    keeper.end(run);
    return null;
  }

  /** Ends a run when an instant has passed. */
  private static final class Until implements RunControl {
    private final long endNanos;
    private long nowNanos;

    Until(long endNanos) {
      this.endNanos = endNanos;
    }

    @Override
    public void progress(long virtualNanos, long messages) {
      nowNanos = virtualNanos;
    }

    @Override
    public boolean stopRequested() {
      return nowNanos > endNanos;
    }
  }

  private static void result(Future<Void> future) throws IOException, InterruptedException {
    try {
      future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
