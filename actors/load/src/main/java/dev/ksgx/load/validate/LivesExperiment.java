package dev.ksgx.load.validate;

import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.load.report.LivesResult;
import dev.ksgx.load.report.Paging;
import dev.ksgx.load.run.LivesRun;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.LifeGroup;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.LifePart;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One enclave's life: how long its parts take, and what paging did meanwhile. User time is counted
 * up from what happened in user mode (exits, resumptions, zeroing, the entry and the exit); system
 * time is the rest of what its thread held a core for.
 */
final class LivesExperiment implements Experiment {
  /** What a call like sgx_create_enclave lasts for: the heap is zeroed before it returns. */
  private static final List<LifePart> CREATION =
      List.of(LifePart.CREATE, LifePart.INIT, LifePart.START);

  @Override
  public Map<String, Double> measure(Scenario scenario, RunControl control) {
    LivesResult result = LivesRun.run(scenario, false, control);
    LifeFigures life = result.groups().get(0);
    LifeGroup plan = result.plan().groups().get(0);
    if (life.completed() != life.planned()) {
      throw new IllegalStateException(
          "%d of %d lives completed; %s"
              .formatted(life.completed(), life.planned(), life.checks()));
    }
    Paging paging = result.report().paging();
    double create = CREATION.stream().mapToDouble(part -> seconds(life, part)).sum();
    double destroy = seconds(life, LifePart.DESTROY);
    double user = userSeconds(scenario, plan, paging);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("life-seconds", life.total().meanNanos() / 1e9);
    figures.put("create-seconds", create);
    figures.put("destroy-seconds", destroy);
    figures.put("create-per-destroy", create / destroy);
    figures.put("user-seconds", user);
    figures.put("system-seconds", life.spent().getOrDefault("serve:core", 0L) / 1e9 - user);
    figures.put("evictions", (double) paging.evictions());
    figures.put(
        "faults-per-page",
        (double) (paging.softFaults() + paging.hardFaults()) / plan.unmeasuredPages());
    return figures;
  }

  private static double userSeconds(Scenario scenario, LifeGroup plan, Paging paging) {
    CostModel costs = scenario.kernel().costs();
    double exit = costs.cycles(Cost.AEX) + costs.cycles(Cost.ERESUME);
    double call =
        costs.cycles(Cost.EENTER) + costs.cycles(Cost.EEXIT) + 2 * costs.cycles(Cost.ECALL_GLUE);
    boolean zeroes = plan.warmStart() == LifeGroup.WarmStart.SDK;
    double zeroing = zeroes ? (double) plan.unmeasuredPages() * plan.zeroCycles() + call : 0;
    return (paging.aexs() * exit + zeroing) / scenario.kernel().ghz() / 1e9;
  }

  private static double seconds(LifeFigures life, LifePart part) {
    return life.parts().get(part).meanNanos() / 1e9;
  }
}
