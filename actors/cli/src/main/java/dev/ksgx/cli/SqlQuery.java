package dev.ksgx.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What may be asked of a database: one statement, and one that answers. */
final class SqlQuery {
  private static final Set<String> ASKS = Set.of("select", "with", "values");

  /** Blanks and comments, then quoted texts and names, then words, then any other character. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<nothing>\\s+|--[^\\n]*+|/\\*(?:[^*]|\\*(?!/))*+(?:\\*/)?)"
              + "|'[^']*+'?|\"[^\"]*+\"?|`[^`]*+`?|\\[[^\\]]*+\\]?"
              + "|[\\p{L}_][\\p{L}\\p{N}_$]*+|.",
          Pattern.DOTALL);

  private SqlQuery() {}

  /**
   * Refuses what the database might do besides answering, or leave undone.
   *
   * @throws BadInput with one line that says what is expected
   */
  static void check(String sql) {
    List<String> tokens = tokens(sql);
    int end = tokens.indexOf(";");
    List<String> first = end < 0 ? tokens : tokens.subList(0, end);
    if (tokens.stream().allMatch(";"::equals)) {
      throw new BadInput("sql: the query is empty; expected one that begins with select");
    }
    if (end >= 0 && !tokens.subList(end, tokens.size()).stream().allMatch(";"::equals)) {
      throw new BadInput("sql: expected one query, but another statement follows behind a ;");
    }
    String word = first.get(0);
    if (word.equals("explain")) {
      int plan = first.size() > 2 && first.get(1).equals("query") ? 3 : 1;
      word = first.size() > plan ? first.get(plan) : "nothing";
    }
    if (!ASKS.contains(word)) {
      throw new BadInput(
          "sql: "
              + word
              + ": is no question; expected select, with or values, or explain and one of these");
    }
  }

  /** In lower case, without blanks and comments. */
  private static List<String> tokens(String sql) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(sql);
    while (matcher.find()) {
      if (matcher.group("nothing") == null) {
        tokens.add(matcher.group().toLowerCase(Locale.ROOT));
      }
    }
    return tokens;
  }
}
