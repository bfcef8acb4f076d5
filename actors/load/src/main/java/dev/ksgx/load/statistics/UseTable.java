package dev.ksgx.load.statistics;

import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.probe.ResourceStatistics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the use of all resources from the probe. */
public final class UseTable {
  /** The cores as a pool: a task takes whichever is free. */
  static final String POOL = "cores";

  /** Group of the single cores, which are not resources to queue for beside the pool. */
  private static final String CORE = "core";

  private UseTable() {}

  /**
   * One row a group, the most used shared one first, those that come and go last; what nobody asked
   * for is left out.
   *
   * @param windowNanos time since the probe's last reset
   */
  public static List<Use> of(Probe probe, long windowNanos) {
    Map<String, Double> busiest = new LinkedHashMap<>();
    for (Resource resource : probe.resources()) {
      double utilisation = resource.statistics().utilisation();
      busiest.merge(resource.group(), utilisation, Math::max);
    }
    List<Use> rows = new ArrayList<>();
    for (ResourceStatistics group : probe.groups()) {
      boolean used = group.acquisitions() > 0 || group.queueNanos() > 0 || group.busyNanos() > 0;
      if (used && !group.name().equals(CORE)) {
        rows.add(row(group, busiest.getOrDefault(group.name(), 0.0), windowNanos));
      }
    }
    rows.sort(
        Comparator.comparing((Use use) -> !use.shared())
            .thenComparing(Use::utilisation, Comparator.reverseOrder()));
    return rows;
  }

  /** Busy time of each core, by index, in nanoseconds. */
  public static List<Long> coresBusyNanos(Probe probe) {
    return probe.resources().stream()
        .filter(resource -> resource.group().equals(CORE))
        .map(resource -> resource.statistics().busyNanos())
        .toList();
  }

  private static Use row(ResourceStatistics group, double busiest, long windowNanos) {
    boolean shared = group.elapsedNanos() == group.resources() * windowNanos;
    boolean pool = group.name().equals(POOL);
    return new Use(
        group.name(),
        group.resources(),
        shared,
        shared && !pool ? busiest : group.utilisation(),
        windowNanos == 0 ? 0 : (double) group.queueNanos() / windowNanos,
        group.maxQueue(),
        group.acquisitions(),
        group.busyNanos(),
        group.acquisitions() == 0 ? 0 : (double) group.waitNanos() / group.acquisitions());
  }
}
