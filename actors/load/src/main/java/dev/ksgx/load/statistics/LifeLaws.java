package dev.ksgx.load.statistics;

import java.util.List;
import java.util.Optional;

/**
 * Laws that hold for the lives of every run, because they are bookkeeping; a violation means that a
 * figure is wrong.
 *
 * <ul>
 *   <li>Every planned life is counted under one outcome, and no count is negative.
 *   <li>The parts of each life sum to its length.
 *   <li>The lives of the processes are those of the group.
 * </ul>
 */
public final class LifeLaws {
  private LifeLaws() {}

  /** The first violation, in words; empty if all laws hold. */
  public static Optional<String> violation(List<LifeFigures> groups) {
    for (LifeFigures group : groups) {
      Optional<String> violation = violation(group);
      if (violation.isPresent()) {
        return violation;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> violation(LifeFigures group) {
    long outcomes = group.completed() + group.failures() + group.unfinished() + group.notBegun();
    if (outcomes != group.planned() || group.unfinished() < 0 || group.notBegun() < 0) {
      return Optional.of(
          "outcomes: %s plans %d lives = %d completed + %d failed + %d unfinished + %d not begun"
              .formatted(
                  group.group(),
                  group.planned(),
                  group.completed(),
                  group.failures(),
                  group.unfinished(),
                  group.notBegun()));
    }
    if (!group.untold().isEmpty()) {
      return Optional.of("time of a life: " + group.untold());
    }
    long parts = group.parts().values().stream().mapToLong(Distribution::sumNanos).sum();
    if (parts != group.total().sumNanos()) {
      return Optional.of(
          "time of lives: those of %s take %d ns, but their parts %d ns"
              .formatted(group.group(), group.total().sumNanos(), parts));
    }
    long byProcess = group.processes().stream().mapToLong(LifeFigures.OfProcess::completed).sum();
    if (byProcess != group.completed()) {
      return Optional.of(
          "processes: those of %s completed %d lives, the group %d"
              .formatted(group.group(), byProcess, group.completed()));
    }
    return Optional.empty();
  }
}
