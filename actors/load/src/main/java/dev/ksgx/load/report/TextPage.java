package dev.ksgx.load.report;

import java.util.Locale;

/** Plain text in 80 columns, each line ended by a line feed. */
final class TextPage {
  private static final int COLUMNS = 80;

  private final StringBuilder text = new StringBuilder();

  void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  /** A paragraph broken at blanks; further lines are indented. */
  void wrapped(String paragraph) {
    int column = 0;
    for (String word : paragraph.split("(?<=\\S) ")) {
      if (column > 0 && column + 1 + word.length() > COLUMNS) {
        text.append("\n    ");
        column = 4;
      } else if (column > 0) {
        text.append(' ');
        column++;
      }
      text.append(word);
      column += word.length();
    }
    text.append('\n');
  }

  /** {@link #wrapped} of a format and its arguments. */
  void paragraph(String format, Object... arguments) {
    wrapped(String.format(Locale.ROOT, format, arguments));
  }

  static String micros(double nanos) {
    double micros = nanos / 1000;
    return String.format(Locale.ROOT, micros < 1e6 ? "%.1f" : "%.0f", micros);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
