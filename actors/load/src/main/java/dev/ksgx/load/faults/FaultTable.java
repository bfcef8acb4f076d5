package dev.ksgx.load.faults;

import java.util.List;

/**
 * States x designs.
 *
 * @param seed of every experiment
 * @param cores of the machine
 * @param callers processes that launch at the same instant
 * @param rows by state, then by design in the order asked for; as shipped before fixed
 */
public record FaultTable(long seed, int cores, int callers, List<FaultRow> rows) {
  public FaultTable {
    rows = List.copyOf(rows);
  }
}
