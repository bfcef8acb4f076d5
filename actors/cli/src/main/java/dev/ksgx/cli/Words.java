package dev.ksgx.cli;

import java.util.ArrayList;
import java.util.List;

/** A command line as a shell would take it again. */
final class Words {
  private final List<String> words = new ArrayList<>();

  Words(String... first) {
    words.addAll(List.of(first));
  }

  void add(String word) {
    words.add(word);
  }

  void add(String option, Object value) {
    words.add(option);
    words.add(String.valueOf(value));
  }

  void each(String option, List<String> values) {
    values.forEach(value -> add(option, value));
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_.,:=/+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  @Override
  public String toString() {
    return String.join(" ", words.stream().map(Words::quoted).toList());
  }
}
