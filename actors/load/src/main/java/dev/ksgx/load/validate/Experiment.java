package dev.ksgx.load.validate;

import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import java.util.Map;

/** Runs a scenario and measures named figures on it. */
@FunctionalInterface
interface Experiment {
  /** Figures by name; the unit is part of the name. */
  Map<String, Double> measure(Scenario scenario, RunControl control);
}
