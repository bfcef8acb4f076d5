package dev.ksgx.load.validate;

import dev.ksgx.load.report.LivesResult;
import dev.ksgx.load.run.LivesRun;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.LifePart;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One enclave's life: how long its parts take, and what paging did meanwhile. */
final class LivesExperiment implements Experiment {
  /** What a call like sgx_create_enclave lasts for: the heap is zeroed before it returns. */
  private static final List<LifePart> CREATION =
      List.of(LifePart.CREATE, LifePart.INIT, LifePart.START);

  @Override
  public Map<String, Double> measure(Scenario scenario, RunControl control) {
    LivesResult result = LivesRun.run(scenario, false, control);
    LifeFigures life = result.groups().get(0);
    if (life.completed() != life.planned()) {
      throw new IllegalStateException(
          "%d of %d lives completed; %s"
              .formatted(life.completed(), life.planned(), life.checks()));
    }
    double create = CREATION.stream().mapToDouble(part -> seconds(life, part)).sum();
    double destroy = seconds(life, LifePart.DESTROY);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("life-seconds", life.total().meanNanos() / 1e9);
    figures.put("create-seconds", create);
    figures.put("destroy-seconds", destroy);
    figures.put("create-per-destroy", create / destroy);
    return figures;
  }

  private static double seconds(LifeFigures life, LifePart part) {
    return life.parts().get(part).meanNanos() / 1e9;
  }
}
