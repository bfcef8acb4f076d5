package dev.ksgx.load.study;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.load.scenario.LaunchKeys;
import dev.ksgx.load.scenario.LeSigners;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.scenario.Scenarios;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes plans of what is asked for. A plan is of one scenario, or of a grid of images, machines and
 * loads, whose rates are shares of what the reference design can do on each machine.
 */
public final class StudyPlans {
  /** Holds where a scenario says nothing of the driver. */
  public static final Config USUAL_BASE =
      ConfigFactory.parseString("kernel { preset = mainline, ioctls = v5, bugs = fixed }");

  /** Until the mean, and the 99th percentile if there is one, is known to 5 %. */
  private static final StopRule USUAL_RULE = new StopRule(5, 30, 0.05);

  /** What a grid sets itself. */
  private static final List<String> OF_GRID =
      List.of(
          "load.rate",
          "load.length",
          "load.image",
          "load.images",
          "load.arrivals",
          "machine.cores");

  private final StudyRequest request;
  private final Pilots pilots;

  private StudyPlans(StudyRequest request, int jobs, StudyControl control) {
    this.request = request;
    this.pilots = new Pilots(request.designs().get(0), jobs, control);
  }

  /**
   * The plan of a request; pilot runs are made for it.
   *
   * @param jobs pilots at a time
   * @throws ScenarioException with one line if anything about the request is wrong
   * @throws java.util.concurrent.CancellationException if {@code control} asked for a stop
   */
  public static StudyPlan of(StudyRequest request, int jobs, StudyControl control)
      throws InterruptedException {
    StudyPlans plans = new StudyPlans(request, jobs, control);
    plans.checkDesigns();
    return request.scenario().isPresent() ? plans.ofScenario() : plans.ofGrid();
  }

  /** Keys that nobody knows are told before keys that must not vary here. */
  private void checkDesigns() {
    Scenario base = load(ConfigFactory.empty());
    for (Design design : request.designs()) {
      load(design.keys());
      if (request.kind() == StudyRequest.Kind.DESIGNS) {
        design.checkVariesLaunchAlone();
      }
      design.checkKeepsWhatIsSaid(base);
    }
  }

  private StudyPlan ofScenario() throws InterruptedException {
    Scenario base = load(ConfigFactory.empty());
    if (base.lives().isPresent()) {
      throw new ScenarioException(
          base.name() + ": compare needs load.kind = launches; this scenario has lives");
    }
    List<PointPlan> points = new ArrayList<>();
    for (Design design : request.designs()) {
      points.add(new PointPlan(design, new LinkedHashMap<>(), load(design.keys())));
    }
    List<String> notes = new ArrayList<>(ofOneLaunchEnclave(points));
    pilots.suggestWarmUp(List.of(points.get(0))).ifPresent(notes::add);
    return plan(base, List.of(), points, request.rule().orElse(USUAL_RULE), notes);
  }

  private StudyPlan ofGrid() throws InterruptedException {
    refuseKeysOfTheGrid();
    Grid grid = request.full() ? Grid.FULL : Grid.QUICK;
    Scenario base = load(ConfigFactory.empty());
    List<Map<String, String>> machines = machines(grid);
    List<PointPlan> idle = new ArrayList<>();
    for (Map<String, String> machine : machines) {
      idle.add(point(request.designs().get(0), machine, Pilots.ONE_THREAD));
    }
    List<Pilots.Capacity> capacities = pilots.capacities(idle);
    List<PointPlan> points = new ArrayList<>();
    List<PointPlan> nearTheBound = new ArrayList<>();
    for (int i = 0; i < machines.size(); i++) {
      for (double load : grid.loads()) {
        Map<String, String> at = new LinkedHashMap<>(machines.get(i));
        at.put("load", String.valueOf(load));
        String window = window(grid, machines.get(i), load * capacities.get(i).perSecond());
        for (Design design : request.designs()) {
          points.add(point(design, at, window));
        }
        if (load >= 0.8 && load < 1) {
          nearTheBound.add(points.get(points.size() - request.designs().size()));
        }
      }
    }
    List<String> notes =
        new ArrayList<>(capacities.stream().map(Pilots.Capacity::inWords).toList());
    notes.addAll(Designs.twins(request.designs()));
    notes.addAll(ofOneLaunchEnclave(points));
    pilots.suggestWarmUp(nearTheBound).ifPresent(notes::add);
    StopRule rule = request.rule().orElse(StopRule.exactly(grid.replications()));
    return plan(base, grid.axes(), points, rule, notes);
  }

  /** Designs that stand beside those with daemons as they are. */
  private static List<String> ofOneLaunchEnclave(List<PointPlan> points) {
    List<Scenario> compared = points.stream().map(PointPlan::scenario).toList();
    LeSigners.check(compared);
    LaunchKeys.check(compared);
    List<String> names =
        points.stream()
            .filter(point -> point.scenario().isWithoutLeSigners())
            .map(point -> point.design().name())
            .distinct()
            .toList();
    return names.isEmpty()
        ? List.of()
        : List.of(
            "load.le-signers counts where programs get tokens from daemons; one launch enclave or"
                + " none: "
                + String.join(", ", names));
  }

  private static List<Map<String, String>> machines(Grid grid) {
    List<Map<String, String>> machines = new ArrayList<>();
    for (String scheduling : grid.scheduling()) {
      for (String image : grid.images()) {
        for (int cores : grid.cores()) {
          Map<String, String> machine = new LinkedHashMap<>();
          if (grid.scheduling().size() > 1) {
            machine.put("scheduling", scheduling);
          }
          machine.put("image", image);
          machine.put("cores", String.valueOf(cores));
          machines.add(machine);
        }
      }
    }
    return machines;
  }

  /** All designs have a window of the same length, in which the same launches are planned. */
  private static String window(Grid grid, Map<String, String> machine, double perSecond) {
    double rate = Math.max(1, Math.rint(perSecond));
    long nanos = Math.round(grid.launches(machine.get("image")) / rate * 1e9);
    return String.format(Locale.ROOT, "load { rate = %.0f, length = %d ns }", rate, nanos);
  }

  private PointPlan point(Design design, Map<String, String> at, String window) {
    String machine =
        "load.image = %s\nmachine.cores = %s\n".formatted(at.get("image"), at.get("cores"))
            + (at.containsKey("scheduling") ? "kernel.scheduling = " + at.get("scheduling") : "");
    Config keys =
        ConfigFactory.parseString(window)
            .withFallback(ConfigFactory.parseString(machine))
            .withFallback(design.keys());
    return new PointPlan(design, at, load(keys));
  }

  private Scenario load(Config over) {
    return Scenarios.load(
        request.scenario().orElse(Scenarios.COMPARISON),
        USUAL_BASE,
        request.settings(),
        over,
        request.seed());
  }

  private void refuseKeysOfTheGrid() {
    List<String> keys = new ArrayList<>(OF_GRID);
    if (request.full()) {
      keys.add("kernel.scheduling");
    }
    for (String setting : request.settings()) {
      Config given = parsed(setting);
      for (String key : keys.stream().filter(given::hasPath).toList()) {
        throw new ScenarioException(
            "--set "
                + setting
                + ": without a scenario the study itself varies "
                + key
                + "; name one, such as "
                + Scenarios.COMPARISON);
      }
    }
  }

  /** What it says, however it is written; what cannot be read is told by who reads scenarios. */
  private static Config parsed(String setting) {
    try {
      return ConfigFactory.parseString(setting);
    } catch (ConfigException e) {
      return ConfigFactory.empty();
    }
  }

  private StudyPlan plan(
      Scenario base,
      List<StudyReport.Axis> axes,
      List<PointPlan> points,
      StopRule rule,
      List<String> notes) {
    return new StudyPlan(
        request.kind().inWords() + ", on " + base.name(),
        request.command(),
        base.load().seed(),
        request.designs(),
        axes,
        base,
        points,
        rule,
        notes);
  }
}
