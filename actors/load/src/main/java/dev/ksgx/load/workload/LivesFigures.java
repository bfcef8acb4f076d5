package dev.ksgx.load.workload;

import dev.ksgx.load.statistics.LifeFigures;
import java.util.List;

/**
 * Everything measured in a run of lives, from boot to its end.
 *
 * @param partial it was stopped from outside
 * @param groups one a group, in the order of their names
 * @param machine what machine and driver did
 */
public record LivesFigures(boolean partial, List<LifeFigures> groups, MachineFigures machine) {
  public LivesFigures {
    groups = List.copyOf(groups);
  }
}
