package dev.ksgx.cli;

import java.util.ArrayList;
import java.util.List;

/** Options that take names with commas between. */
final class Names {
  private Names() {}

  /**
   * The names of an option.
   *
   * @param given each as the user wrote it; none if the option was not given
   * @param right an example of what would be right
   * @throws BadInput if a name is empty: then something else would be done than was asked for
   */
  static List<String> of(String option, List<String> given, String right) {
    List<String> names = new ArrayList<>();
    for (String each : given) {
      for (String name : each.split(",", -1)) {
        if (name.isBlank()) {
          throw new BadInput(
              "%s '%s': a name is empty; must be such as %s".formatted(option, each, right));
        }
        names.add(name.trim());
      }
    }
    return names;
  }
}
