package dev.ksgx.load.study;

import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.ScenarioException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;

/** Short runs of the reference design before a study: what it can do, and how it warms up. */
public final class Pilots {
  /** A load without queues: what a launch needs of each server can be read off it. */
  public static final String ONE_THREAD =
      "load { processes = 1, threads-per-process = 1, arrivals = closed, think-time = 0 ms"
          + ", length = 40 launches }";

  /** Each process has its own, so it is none that all of them have to share. */
  private static final String OF_A_PROCESS = "mmap-lock";

  /**
   * The most that a design can do on a machine.
   *
   * @param perSecond launches
   * @param resource the server that sets it
   */
  public record Capacity(PointPlan point, double perSecond, String resource) {
    String inWords() {
      StringBuilder at = new StringBuilder();
      point.at().forEach((axis, value) -> at.append(' ').append(axis).append('=').append(value));
      return String.format(
          Locale.ROOT,
          "load 1 is the bound of %s at%s: %,.0f launches/s, set by %s",
          point.design().name(),
          at,
          perSecond,
          resource);
    }
  }

  private final Design reference;
  private final int jobs;
  private final StudyControl control;

  public Pilots(Design reference, int jobs, StudyControl control) {
    this.reference = reference;
    this.jobs = jobs;
    this.control = control;
  }

  /**
   * Asymptotic bounds (operational analysis): where one launch after the other keeps a server busy
   * for a share u of the time at X launches per second, no more than X / u can be had from it.
   *
   * @param points with the load {@link #ONE_THREAD}
   */
  public List<Capacity> capacities(List<PointPlan> points) throws InterruptedException {
    List<Capacity> capacities = new ArrayList<>();
    List<Replication> pilots = run(points);
    for (int i = 0; i < points.size(); i++) {
      capacities.add(capacity(points.get(i), pilots.get(i)));
    }
    return capacities;
  }

  private static Capacity capacity(PointPlan point, Replication pilot) {
    Map.Entry<String, Double> least =
        pilot.busy().entrySet().stream()
            .filter(each -> !each.getKey().equals(OF_A_PROCESS))
            .max(Map.Entry.comparingByValue())
            .filter(each -> each.getValue() > 0 && pilot.succeeded() > 0)
            .orElseThrow(
                () ->
                    new ScenarioException(
                        point.name()
                            + ": no launch succeeds "
                            + pilot.failed()
                            + ", so there is no bound to choose loads by; name a scenario"));
    return new Capacity(point, pilot.achievedPerSecond() / least.getValue(), least.getKey());
  }

  /**
   * What pilots without warm-up say of the warm-up, in words; empty if all are saturated.
   *
   * @param points of the reference design
   */
  Optional<String> suggestWarmUp(List<PointPlan> points) throws InterruptedException {
    List<PointPlan> cold = new ArrayList<>();
    for (PointPlan point : points) {
      cold.add(new PointPlan(point.design(), point.at(), point.scenario().withoutWarmUp()));
    }
    List<WarmUp.Suggestion> suggestions =
        run(cold).stream()
            .filter(pilot -> !pilot.saturated() && pilot.succeeded() > 0)
            .map(pilot -> WarmUp.of(pilot.overTime()))
            .toList();
    double given = points.get(0).scenario().load().warmUpNanos() / 1e6;
    return suggestions.isEmpty()
        ? Optional.empty()
        : Optional.of(inWords(given, reference.name(), suggestions));
  }

  /**
   * A suggestion is one noisy run's, and a cut at the limit of the rule is none.
   *
   * @param givenMillis the warm-up of the scenario
   */
  static String inWords(double givenMillis, String pilot, List<WarmUp.Suggestion> suggestions) {
    long steady = suggestions.stream().filter(WarmUp.Suggestion::steady).count();
    OptionalLong most =
        suggestions.stream()
            .filter(WarmUp.Suggestion::steady)
            .mapToLong(WarmUp.Suggestion::nanos)
            .max();
    StringBuilder words = new StringBuilder();
    words.append(
        String.format(
            Locale.ROOT,
            "warm-up %.1f ms; %d pilot%s of %s, one run a point",
            givenMillis,
            suggestions.size(),
            suggestions.size() == 1 ? "" : "s",
            pilot));
    if (most.isPresent()) {
      words.append(
          String.format(Locale.ROOT, ": MSER cuts at most %.1f ms", most.getAsLong() / 1e6));
    }
    if (steady < suggestions.size()) {
      words.append("; no steady state seen in ").append(suggestions.size() - steady);
    }
    return words.append("; other designs, caches among them, may take longer").toString();
  }

  private List<Replication> run(List<PointPlan> points) throws InterruptedException {
    if (points.isEmpty()) {
      return List.of();
    }
    Scenario first = points.get(0).scenario();
    StudyPlan plan =
        new StudyPlan(
            "pilots",
            "",
            first.load().seed(),
            List.of(reference),
            List.of(),
            first,
            points,
            StopRule.exactly(1),
            List.of());
    StudyControl quiet =
        new StudyControl() {
          @Override
          public boolean stopRequested() {
            return control.stopRequested();
          }
        };
    StudyResult result = StudyRun.run(plan, jobs, quiet);
    if (result.partial()) {
      throw new CancellationException("stopped before the first run was over");
    }
    return result.replications().stream().map(each -> each.get(0)).toList();
  }
}
