package dev.ksgx.load.size;

import dev.ksgx.load.study.Design;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a user asks for.
 *
 * @param command what makes the result again
 * @param objective that has to hold
 * @param scenario an embedded scenario's name or a file's path
 * @param settings {@code key=value}, over the scenario
 * @param seed replaces the scenario's
 * @param design in place of the driver of the scenario
 * @param resources of which the amounts are asked
 */
public record SizeRequest(
    String command,
    Objective objective,
    String scenario,
    List<String> settings,
    OptionalLong seed,
    Optional<Design> design,
    List<Resource> resources) {}
