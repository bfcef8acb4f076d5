package dev.ksgx.load.statistics;

import dev.ksgx.load.scenario.LifeGroup;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Books every life of an enclave, by group. */
public final class LifeLedger {
  private static final class Group {
    final LifeGroup plan;
    final TreeMap<String, Long> failed = new TreeMap<>();
    final TreeMap<String, String> checks = new TreeMap<>();
    final Distribution total = new Distribution();
    final Map<LifePart, Distribution> parts = new EnumMap<>(LifePart.class);
    final long[] completed;
    final long[] totalNanos;
    long begun;
    long ended;
    String untold = "";

    Group(LifeGroup plan) {
      this.plan = plan;
      this.completed = new long[plan.processes()];
      this.totalNanos = new long[plan.processes()];
      for (LifePart part : LifePart.values()) {
        parts.put(part, new Distribution());
      }
    }
  }

  private final List<Group> groups = new ArrayList<>();

  public LifeLedger(List<LifeGroup> plans) {
    plans.forEach(plan -> groups.add(new Group(plan)));
  }

  /** A life of that group begins. */
  public void begun(int group) {
    groups.get(group).begun++;
  }

  /** A life is over. */
  public void ended(Life life) {
    Group group = groups.get(life.group());
    if (group.ended == group.begun) {
      throw new IllegalStateException("a life of " + group.plan.name() + " ended but never began");
    }
    group.ended++;
    if (!life.succeeded()) {
      group.failed.merge(life.outcome(), 1L, Long::sum);
      group.checks.putIfAbsent(life.outcome(), life.check());
      return;
    }
    checkParts(group, life);
    group.total.record(life.totalNanos());
    life.parts().forEach((part, nanos) -> group.parts.get(part).record(nanos));
    group.completed[life.member()]++;
    group.totalNanos[life.member()] += life.totalNanos();
  }

  /**
   * The figures of every group, as they are now.
   *
   * @param observer what the groups' time was spent on
   * @param pids of the processes of all groups, one group after the other
   */
  public List<LifeFigures> figures(LifeObserver observer, List<Integer> pids) {
    List<LifeFigures> figures = new ArrayList<>();
    Iterator<Integer> pid = pids.iterator();
    for (int i = 0; i < groups.size(); i++) {
      Group group = groups.get(i);
      long completed = group.total.count();
      List<LifeFigures.OfProcess> processes = new ArrayList<>();
      for (int member = 0; member < group.completed.length; member++) {
        processes.add(
            new LifeFigures.OfProcess(
                pid.hasNext() ? pid.next() : 0, group.completed[member], group.totalNanos[member]));
      }
      figures.add(
          new LifeFigures(
              group.plan.name(),
              group.plan.lives(),
              completed,
              new TreeMap<>(group.failed),
              new TreeMap<>(group.checks),
              group.begun - group.ended,
              group.plan.lives() - group.begun,
              group.total.copy(),
              soFar(group.parts),
              observer.touches(i),
              processes,
              new TreeMap<>(observer.spent(i)),
              group.untold));
    }
    return figures;
  }

  private static Map<LifePart, Distribution> soFar(Map<LifePart, Distribution> parts) {
    Map<LifePart, Distribution> copy = new EnumMap<>(parts);
    copy.replaceAll((part, distribution) -> distribution.copy());
    return copy;
  }

  private static void checkParts(Group group, Life life) {
    long sum = life.parts().values().stream().mapToLong(Long::longValue).sum();
    if (sum != life.totalNanos() && group.untold.isEmpty()) {
      group.untold =
          "a life of %s took %d ns, but its parts sum to %d ns"
              .formatted(group.plan.name(), life.totalNanos(), sum);
    }
  }
}
