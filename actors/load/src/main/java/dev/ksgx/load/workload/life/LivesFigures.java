package dev.ksgx.load.workload.life;

import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.workload.MachineFigures;
import java.util.List;

/**
 * Everything measured in a run of lives, from boot to its end.
 *
 * @param partial it was stopped from outside
 * @param groups one a group, in the order of their names
 * @param pids of the processes of all groups, one group after the other
 * @param machine what machine and driver did
 */
public record LivesFigures(
    boolean partial, List<LifeFigures> groups, List<Integer> pids, MachineFigures machine) {
  public LivesFigures {
    pids = List.copyOf(pids);
    groups = List.copyOf(groups);
  }
}
