package dev.ksgx.load.calibrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measured durations, grouped by what is the same about them. */
public final class Trace {
  private record Key(String operation, int count, int chunks) {}

  private final Map<Key, Cell> cells = new LinkedHashMap<>();

  void add(Operation operation, double nanos, int count, int chunks) {
    cells
        .computeIfAbsent(
            new Key(operation.name(), count, chunks), key -> new Cell(operation, count, chunks))
        .add(nanos);
  }

  /** The groups of each operation, operations in the order of their names. */
  Map<String, List<Cell>> byOperation() {
    Map<String, List<Cell>> found = new java.util.TreeMap<>();
    for (Cell cell : cells.values()) {
      found.computeIfAbsent(cell.operation().name(), name -> new ArrayList<>()).add(cell);
    }
    return found;
  }
}
