package dev.ksgx.load.size;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.load.report.Version;
import dev.ksgx.load.scenario.LaunchKeys;
import dev.ksgx.load.scenario.LeSigners;
import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.study.Design;
import dev.ksgx.load.study.PointPlan;
import dev.ksgx.load.study.StopRule;
import dev.ksgx.load.study.StudyControl;
import dev.ksgx.load.study.StudyPlan;
import dev.ksgx.load.study.StudyPlans;
import dev.ksgx.load.study.StudyResult;
import dev.ksgx.load.study.StudyRun;
import dev.ksgx.load.sweep.Input;
import dev.ksgx.load.sweep.Inputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks for each resource by itself how much of it an objective takes: three searches each, with the
 * costs that nobody measured at their low ends, as they are, and at their high ends. A search is at
 * most a doubling through the range and a bisection, so its length is bounded.
 */
public final class SizeRun {
  private static final int FORMAT = 2;

  private final SizeRequest request;
  private final StudyControl control;
  private final Design design;
  private final Scenario base;
  private final Map<String, Config> models = new LinkedHashMap<>();
  private int over;

  private SizeRun(SizeRequest request, StudyControl control) {
    this.request = request;
    this.control = control;
    this.design =
        request
            .design()
            .orElse(new Design("scenario", "the driver of the scenario", ConfigFactory.empty()));
    design.checkVariesLaunchAlone();
    design.checkKeepsWhatIsSaid(load(ConfigFactory.empty()));
    this.base = load(design.keys());
    if (base.lives().isPresent()) {
      throw new ScenarioException(
          base.name() + ": size needs load.kind = launches; this scenario has lives");
    }
    LeSigners.check(List.of(base));
    LaunchKeys.check(List.of(base));
    models.put("low", costs(0));
    models.put("default", ConfigFactory.empty());
    models.put("high", costs(1));
  }

  /**
   * Answers a request.
   *
   * @param jobs searches at a time, from 1
   * @throws ScenarioException with one line if anything about the request is wrong
   * @throws CancellationException if {@code control} asked for a stop
   * @throws IllegalStateException if a run broke a law or an actor failed
   */
  public static SizeReport run(SizeRequest request, int jobs, StudyControl control)
      throws InterruptedException {
    return new SizeRun(request, control).run(jobs);
  }

  private Config costs(double level) {
    Config costs = ConfigFactory.empty();
    for (Input input : Inputs.openCosts(base)) {
      costs = input.settings(level).withFallback(costs);
    }
    return costs;
  }

  private SizeReport run(int jobs) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(jobs);
    try {
      List<List<Future<SizeReport.ByCosts>>> searches = new ArrayList<>();
      for (Resource resource : request.resources()) {
        List<Future<SizeReport.ByCosts>> ofResource = new ArrayList<>();
        if (resource.keys(base, resource.low()).isPresent()) {
          models.forEach(
              (name, costs) -> ofResource.add(pool.submit(() -> search(resource, name, costs))));
        }
        searches.add(ofResource);
      }
      int planned = searches.stream().mapToInt(List::size).sum();
      List<SizeReport.Answer> answers = new ArrayList<>();
      for (int i = 0; i < searches.size(); i++) {
        List<SizeReport.ByCosts> byCosts = new ArrayList<>();
        for (Future<SizeReport.ByCosts> search : searches.get(i)) {
          byCosts.add(result(search));
          control.progress(++over, planned);
        }
        Resource resource = request.resources().get(i);
        answers.add(
            new SizeReport.Answer(
                resource.key(),
                resource.unit(),
                resource.moreIsWorse(),
                resource.low(),
                resource.high(),
                byCosts));
      }
      return report(answers);
    } finally {
      pool.shutdownNow();
    }
  }

  private SizeReport report(List<SizeReport.Answer> answers) {
    return new SizeReport(
        FORMAT,
        request.command(),
        Version.running(),
        request.objective().text(),
        base.name(),
        design.name(),
        base.load().seed(),
        base.load().isSteady() ? (Double) base.load().ratePerSecond() : null,
        request.objective().launches(),
        Inputs.openCosts(base).stream().map(Input::name).toList(),
        answers);
  }

  private SizeReport.ByCosts search(Resource resource, String model, Config costs)
      throws InterruptedException {
    Search.Probe probe = amount -> tried(resource, amount, costs);
    Search.Found found =
        resource.moreIsWorse()
            ? Search.most(resource.low(), resource.high(), probe)
            : Search.least(resource.low(), resource.high(), probe);
    long best = resource.moreIsWorse() ? resource.low() : resource.high();
    Search.Tried there = found.at(found.answer().orElse(best));
    return new SizeReport.ByCosts(
        model, found.answer().orElse(null), found.monotone(), there, found.tried());
  }

  private Search.Tried tried(Resource resource, long amount, Config costs)
      throws InterruptedException {
    Config keys =
        ConfigFactory.parseString(resource.keys(base, amount).orElseThrow())
            .withFallback(ConfigFactory.parseString(window()))
            .withFallback(costs)
            .withFallback(design.keys());
    Scenario scenario = load(keys);
    StudyPlan plan =
        new StudyPlan(
            "size",
            "",
            base.load().seed(),
            List.of(design),
            List.of(),
            scenario,
            List.of(
                new PointPlan(design, Map.of(resource.key(), String.valueOf(amount)), scenario)),
            StopRule.exactly(1),
            List.of());
    StudyResult result = StudyRun.run(plan, 1, quiet());
    if (result.partial()) {
      throw new CancellationException("stopped before the answer was found");
    }
    return request.objective().judge(amount, result);
  }

  /**
   * Long enough for the objective. At a steady rate it is a time, so that a saturated system is not
   * waited for; a ramp and a replay have lengths of their own.
   */
  private String window() {
    int launches = request.objective().launches();
    if (base.load().isSteady()) {
      long nanos = Math.round(launches / base.load().ratePerSecond() * 1e9);
      return "load.length = " + nanos + " ns";
    }
    LoadPlan.Arrivals arrivals = base.load().arrivals();
    return arrivals == LoadPlan.Arrivals.CLOSED || arrivals == LoadPlan.Arrivals.BURSTS
        ? "load.length = " + launches + " launches"
        : "";
  }

  private Scenario load(Config over) {
    return Scenarios.load(
        request.scenario(), StudyPlans.USUAL_BASE, request.settings(), over, request.seed());
  }

  private StudyControl quiet() {
    return new StudyControl() {
      @Override
      public boolean stopRequested() {
        return control.stopRequested();
      }
    };
  }

  private static SizeReport.ByCosts result(Future<SizeReport.ByCosts> search)
      throws InterruptedException {
    try {
      return search.get();
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
