package dev.ksgx.load.validate;

import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * All published figures against the model: each scenario runs once, in a virtual system of its own,
 * as many at a time as asked for.
 */
public final class Validation {
  /** What no row says anything about. */
  public static final List<String> NOT_TESTED =
      List.of("EINIT", "the launch enclave", "WRMSR", "concurrency");

  /** Hears how far it is; called by one thread. */
  public interface Listener {
    /**
     * A scenario is over.
     *
     * @param done scenarios that are over
     * @param all scenarios there are
     */
    void over(Run run, int done, int all);
  }

  /**
   * One scenario that was run.
   *
   * @param wallSeconds time it took to run it
   * @param figures by name; empty if it failed
   * @param failure what went wrong; empty if nothing did
   */
  public record Run(
      String scenario, double wallSeconds, Map<String, Double> figures, String failure) {}

  /** The longest scenarios, longest first: they begin first, so that none is left over alone. */
  private static final List<String> LONGEST =
      List.of("a6-graphene-8gb", "a4-10gb", "a2-1gb", "a4-1gb", "a5-graphene-256mb");

  private final List<Target> targets;
  private final Function<Scenario, Experiment> experiments;

  Validation(List<Target> targets, Function<Scenario, Experiment> experiments) {
    this.targets = targets;
    this.experiments = experiments;
  }

  /** Everything in costs.md 3. */
  public static Validation ofAll() {
    return new Validation(
        Targets.all(),
        scenario -> scenario.lives().isPresent() ? new LivesExperiment() : new CallExperiment());
  }

  /**
   * Runs all scenarios and judges all targets.
   *
   * @param processors scenarios at a time
   * @return a judgement for each target, in the order of costs.md 3
   */
  public List<Judgement> judge(int processors, Listener listener) throws InterruptedException {
    List<String> names = scenarios();
    Map<String, Run> runs = new LinkedHashMap<>();
    ExecutorService pool = Executors.newFixedThreadPool(processors);
    try {
      ExecutorCompletionService<Run> running = new ExecutorCompletionService<>(pool);
      names.forEach(name -> running.submit(() -> run(name)));
      for (int done = 1; done <= names.size(); done++) {
        Run run = result(running.take());
        runs.put(run.scenario(), run);
        listener.over(run, done, names.size());
      }
    } finally {
      pool.shutdownNow();
    }
    return targets.stream().map(target -> judge(target, runs)).toList();
  }

  private List<String> scenarios() {
    Set<String> needed = new LinkedHashSet<>();
    for (Target target : targets) {
      needed.add(target.scenario());
      if (!target.over().isEmpty()) {
        needed.add(target.over());
      }
    }
    List<String> ordered = new ArrayList<>(LONGEST);
    ordered.retainAll(needed);
    needed.removeAll(ordered);
    ordered.addAll(needed);
    return ordered;
  }

  private Run run(String name) {
    long begun = System.nanoTime();
    Map<String, Double> figures = Map.of();
    String failure = "";
    try {
      Scenario scenario =
          Scenarios.load(Scenarios.VALIDATION + name, List.of(), OptionalLong.empty());
      figures = experiments.apply(scenario).measure(scenario, RunControl.NONE);
    } catch (RuntimeException e) {
      failure = String.valueOf(e.getMessage()).replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
    return new Run(name, (System.nanoTime() - begun) / 1e9, figures, failure);
  }

  /** A scenario that fails says so in its run; an error of the machine ends everything. */
  private static Run result(Future<Run> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Judgement judge(Target target, Map<String, Run> runs) {
    Run run = runs.get(target.scenario());
    Double value = run.figures().get(target.figure());
    String why = run.failure();
    if (value != null && !target.over().isEmpty()) {
      Run below = runs.get(target.over());
      Double divisor = below.figures().get(target.figure());
      why = below.failure();
      value = divisor == null ? null : value / divisor;
    }
    if (value == null && why.isEmpty()) {
      why = target.scenario() + " gives no " + target.figure();
    }
    return new Judgement(target, value, why);
  }
}
