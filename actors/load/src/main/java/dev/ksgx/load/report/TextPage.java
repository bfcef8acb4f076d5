package dev.ksgx.load.report;

import java.util.Locale;

/** Plain text in columns, each line ended by a line feed. */
public final class TextPage {
  private final int columns;

  private final StringBuilder text = new StringBuilder();

  /** An empty page. */
  public TextPage(int columns) {
    this.columns = columns;
  }

  /** One line, without blanks at its end. */
  public void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
  }

  /** A paragraph broken at blanks; further lines are indented. */
  public void wrapped(String paragraph) {
    int column = 0;
    for (String word : paragraph.split("(?<=\\S) ")) {
      if (column > 0 && column + 1 + word.length() > columns) {
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
  public void paragraph(String format, Object... arguments) {
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
