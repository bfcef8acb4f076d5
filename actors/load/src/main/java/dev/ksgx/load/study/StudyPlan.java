package dev.ksgx.load.study;

import dev.ksgx.load.scenario.Scenario;
import java.util.List;

/**
 * Everything that is run, checked before the first run begins.
 *
 * @param title one line
 * @param command what makes the report again
 * @param seed of the first replication
 * @param designs the first is the reference
 * @param axes what else varies
 * @param base what the designs are set in
 * @param points designs innermost
 * @param rule how many replications a point gets
 * @param notes what the reader should know, a line each
 */
public record StudyPlan(
    String title,
    String command,
    long seed,
    List<Design> designs,
    List<StudyReport.Axis> axes,
    Scenario base,
    List<PointPlan> points,
    StopRule rule,
    List<String> notes) {}
