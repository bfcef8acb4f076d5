package dev.ksgx.load.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What changed from one study to another.
 *
 * @param notes what differs without making them different studies: seed, version, replications
 * @param differences between what the two asked: scenario, costs, designs; a line each
 * @param changes of figures beyond what their intervals allow ({@link PointDiff}); a line each
 */
public record StudyDiff(List<String> notes, List<String> differences, List<String> changes) {
  public StudyDiff {
    notes = List.copyOf(notes);
    differences = List.copyOf(differences);
    changes = List.copyOf(changes);
  }

  /** The differences between two reports. */
  public static StudyDiff of(StudyReport old, StudyReport now) {
    RequestDiff asked = RequestDiff.of(old, now);
    return new StudyDiff(asked.notes(), asked.differences(), changes(old, now, asked.apart()));
  }

  /** Whether the two asked the same and got the same. */
  public boolean isNone() {
    return differences.isEmpty() && changes.isEmpty();
  }

  /**
   * @param apart designs that are not compared, and are told already
   */
  private static List<String> changes(StudyReport old, StudyReport now, Set<String> apart) {
    Map<String, StudyReport.Point> before = points(old, apart);
    Map<String, StudyReport.Point> after = points(now, apart);
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    List<String> changes = new ArrayList<>();
    for (String name : names) {
      if (!after.containsKey(name)) {
        changes.add(name + ": only in the old one");
      } else if (!before.containsKey(name)) {
        changes.add(name + ": only in the new one");
      } else {
        changes.addAll(PointDiff.of(name, before.get(name), after.get(name)));
      }
    }
    return changes;
  }

  private static Map<String, StudyReport.Point> points(StudyReport report, Set<String> without) {
    Map<String, StudyReport.Point> points = new LinkedHashMap<>();
    for (StudyReport.Point point : report.points()) {
      if (!without.contains(point.design())) {
        StringBuilder name = new StringBuilder(point.design());
        point.at().forEach((axis, at) -> name.append(", ").append(axis).append(' ').append(at));
        points.put(name.toString(), point);
      }
    }
    return points;
  }
}
