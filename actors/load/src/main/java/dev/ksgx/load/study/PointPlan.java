package dev.ksgx.load.study;

import dev.ksgx.load.scenario.Scenario;
import java.util.Map;

/**
 * One design under one load on one machine.
 *
 * @param at value of each axis
 * @param scenario what is run; its seed is replaced for each replication
 */
public record PointPlan(Design design, Map<String, String> at, Scenario scenario) {
  /** For messages: {@code v5 at cores=4 load=0.4}. */
  String name() {
    StringBuilder name = new StringBuilder(design.name());
    at.forEach((axis, value) -> name.append(' ').append(axis).append('=').append(value));
    return at.isEmpty() ? design.name() : name.insert(design.name().length(), " at").toString();
  }
}
