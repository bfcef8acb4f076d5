package dev.ksgx.load.scenario;

import java.util.Collection;

/** Finds the known name that a mistyped one most likely stands for. */
public final class Nearest {
  private Nearest() {}

  /**
   * The known name nearest to {@code name} by edit distance; for dotted keys a match of the last part
   * alone counts too, one edit dearer. The first of equals; empty if nothing is known.
   */
  public static String of(String name, Collection<String> known) {
    String best = "";
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance =
          Math.min(
              distance(name, candidate), 1 + distance(lastPart(name), lastPart(candidate)));
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  private static String lastPart(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** Levenshtein distance: insertions, deletions and substitutions of characters. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
