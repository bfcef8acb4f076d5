package dev.ksgx.load.sweep;

import com.typesafe.config.Config;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.study.Design;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Everything that is run, checked before the first run begins.
 *
 * @param request what was asked for
 * @param base the scenario
 * @param designs the first is the reference
 * @param inputs what varies; those of a grid are its axes
 * @param levels of a sample: by sample, then by input; empty for a grid
 * @param cells combinations of values
 * @param points designs of cells, designs innermost
 * @param scenarios makes a scenario of keys that hold over the base
 */
public record SweepPlan(
    SweepRequest request,
    Scenario base,
    List<Design> designs,
    List<Input> inputs,
    double[][] levels,
    List<Cell> cells,
    List<Point> points,
    Function<Config, Scenario> scenarios) {

  /**
   * A combination of values.
   *
   * @param number from 0
   * @param at what it is called by: value of each axis
   * @param settings the same as keys of a scenario
   * @param load share of the bound of the first design, if that is what is varied
   * @param seed of its first replication
   */
  public record Cell(
      int number, Map<String, String> at, Config settings, OptionalDouble load, long seed) {}

  /**
   * A design in a cell.
   *
   * @param id tells it from every other point of any sweep: it is a digest of all that determines
   *     what comes of it
   */
  public record Point(Cell cell, Design design, Scenario scenario, String id) {
    /** For messages. */
    String name() {
      return design.name() + (cell.at().isEmpty() ? "" : " at " + cell.at());
    }
  }

  /** Columns of the axes, in order. */
  List<String> axes() {
    return List.copyOf(cells.get(0).at().keySet());
  }
}
