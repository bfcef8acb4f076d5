package dev.ksgx.load.sweep;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.load.scenario.LaunchKeys;
import dev.ksgx.load.scenario.LeSigners;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.study.Design;
import dev.ksgx.load.study.Seeds;
import dev.ksgx.load.study.StudyPlans;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Makes plans of what is asked for. */
public final class SweepPlans {
  /** The column that numbers samples. */
  public static final String SAMPLE = "sample";

  private static final int MOST_CELLS = 100_000;

  private final SweepRequest request;
  private final List<Design> designs;
  private final Scenario base;

  private SweepPlans(SweepRequest request) {
    this.request = request;
    this.base = load(ConfigFactory.empty());
    this.designs =
        request.designs().isEmpty()
            ? List.of(new Design("scenario", "the driver of the scenario", ConfigFactory.empty()))
            : request.designs();
  }

  /**
   * The plan of a request.
   *
   * @throws ScenarioException with one line if anything about the request is wrong
   */
  public static SweepPlan of(SweepRequest request) {
    return new SweepPlans(request).plan();
  }

  private SweepPlan plan() {
    if (base.lives().isPresent()) {
      throw new ScenarioException(
          base.name() + ": sweep needs load.kind = launches; this scenario has lives");
    }
    for (Design design : request.designs()) {
      load(design.keys());
      design.checkVariesLaunchAlone();
      design.checkKeepsWhatIsSaid(base);
    }
    boolean isSample = request.samples() > 0;
    List<Input> inputs = isSample ? Inputs.of(base, request.ranges()) : axes();
    boolean isRelative = inputs.stream().anyMatch(input -> input.keys().contains(Input.RATE));
    if (isRelative && !base.load().isSteady()) {
      throw new ScenarioException(
          base.name()
              + ": load.arrivals must be poisson or deterministic where the rate or the load is varied");
    }
    for (Input input : inputs) {
      for (int choice = 0; choice < input.choices().size(); choice++) {
        load(input.settings(Input.levelOf(choice, input.choices().size())));
      }
    }
    double[][] levels = isSample ? sampled(inputs) : new double[0][];
    List<SweepPlan.Cell> cells = isSample ? cells(inputs, levels) : grid(inputs);
    return new SweepPlan(request, base, designs, inputs, levels, cells, points(cells), this::load);
  }

  private double[][] sampled(List<Input> inputs) {
    return LatinHypercube.levels(
        base.load().seed(), inputs.stream().map(Input::name).toList(), request.samples());
  }

  private List<Input> axes() {
    List<Input> axes = new ArrayList<>();
    for (String each : request.vary()) {
      int equals = each.indexOf('=');
      List<String> values =
          Arrays.stream(each.substring(equals + 1).split(",", -1)).map(String::trim).toList();
      if (equals < 1 || values.contains("")) {
        throw new ScenarioException(
            "--vary " + each + ": must be KEY=V1,V2, such as machine.cores=4,16");
      }
      String key = each.substring(0, equals).trim();
      Map<String, Config> choices = Input.values(key, values);
      if (choices.size() < values.size()) {
        throw new ScenarioException("--vary " + each + ": a value is given twice");
      }
      Input axis = Input.choosing(key, "given", "command line", key, choices);
      for (Input other : axes) {
        if (other.sharesAKey(axis)) {
          throw new ScenarioException(
              "--vary "
                  + each
                  + ": "
                  + (other.key().equals(key) ? key + " is varied twice" : both(other.key(), key)));
        }
      }
      axes.add(axis);
    }
    return axes;
  }

  private static String both(String first, String second) {
    return first + " and " + second + " both say the rate; vary one of them";
  }

  /** Every combination, the last axis innermost; all with the same random numbers. */
  private List<SweepPlan.Cell> grid(List<Input> axes) {
    long cells = axes.stream().mapToLong(axis -> axis.choices().size()).reduce(1, this::product);
    List<SweepPlan.Cell> grid = new ArrayList<>();
    for (int number = 0; number < cells; number++) {
      double[] levels = new double[axes.size()];
      int rest = number;
      for (int axis = axes.size() - 1; axis >= 0; axis--) {
        int choices = axes.get(axis).choices().size();
        levels[axis] = Input.levelOf(rest % choices, choices);
        rest /= choices;
      }
      grid.add(cell(number, new LinkedHashMap<>(), axes, levels, base.load().seed()));
    }
    return grid;
  }

  private long product(long a, long b) {
    if (a * b > MOST_CELLS) {
      throw new ScenarioException("--vary: more than " + MOST_CELLS + " combinations");
    }
    return a * b;
  }

  /** A sample has random numbers of its own, the same for all designs. */
  private List<SweepPlan.Cell> cells(List<Input> inputs, double[][] levels) {
    List<SweepPlan.Cell> cells = new ArrayList<>();
    for (int number = 0; number < levels.length; number++) {
      Map<String, String> at = new LinkedHashMap<>();
      at.put(SAMPLE, String.valueOf(number));
      long seed = Seeds.ofSample(base.load().seed(), number);
      cells.add(cell(number, at, inputs, levels[number], seed));
    }
    return cells;
  }

  private static SweepPlan.Cell cell(
      int number, Map<String, String> at, List<Input> inputs, double[] levels, long seed) {
    Config settings = ConfigFactory.empty();
    OptionalDouble share = OptionalDouble.empty();
    for (int i = 0; i < inputs.size(); i++) {
      at.putAll(inputs.get(i).at(levels[i]));
      settings = inputs.get(i).settings(levels[i]).withFallback(settings);
    }
    if (at.containsKey(Input.LOAD)) {
      share = OptionalDouble.of(share(at.get(Input.LOAD)));
    }
    return new SweepPlan.Cell(number, at, settings, share, seed);
  }

  private static double share(String text) {
    if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,12})?") || Double.parseDouble(text) == 0) {
      throw new ScenarioException(
          "load = " + text + ": must be a share of the first design's bound, such as 0.9");
    }
    return Double.parseDouble(text);
  }

  private List<SweepPlan.Point> points(List<SweepPlan.Cell> cells) {
    List<SweepPlan.Point> points = new ArrayList<>();
    PointId ids = new PointId(request.replications());
    for (SweepPlan.Cell cell : cells) {
      Scenario reference = load(cell.settings().withFallback(designs.get(0).keys()));
      for (Design design : designs) {
        Scenario scenario = load(cell.settings().withFallback(design.keys()));
        String id = ids.of(cell, design, scenario, reference);
        points.add(new SweepPlan.Point(cell, design, scenario, id));
      }
    }
    List<Scenario> compared = points.stream().map(SweepPlan.Point::scenario).toList();
    LeSigners.check(compared);
    LaunchKeys.check(compared);
    return points;
  }

  private Scenario load(Config over) {
    return Scenarios.load(
        request.scenario(), StudyPlans.USUAL_BASE, request.settings(), over, request.seed());
  }
}
