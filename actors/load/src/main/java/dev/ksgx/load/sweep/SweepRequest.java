package dev.ksgx.load.sweep;

import dev.ksgx.load.study.Design;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a user asks for.
 *
 * @param command what makes the result again
 * @param scenario an embedded scenario's name or a file's path
 * @param settings {@code key=value}, over the scenario
 * @param seed replaces the scenario's
 * @param designs the first is the reference; empty: the driver of the scenario
 * @param vary axes of a grid, {@code KEY=V1,V2}; empty where a sample is asked for
 * @param samples of the inputs; 0 where a grid is asked for
 * @param ranges of a sample, over the declared ones ({@link Inputs#of})
 * @param replications of each point
 */
public record SweepRequest(
    String command,
    String scenario,
    List<String> settings,
    OptionalLong seed,
    List<Design> designs,
    List<String> vary,
    int samples,
    List<String> ranges,
    int replications) {}
