package dev.ksgx.trace.text;

import dev.ksgx.trace.query.Message;
import java.util.Locale;

/** Numbers and messages as people read them. */
final class Format {
  private Format() {}

  /** Nanoseconds as microseconds, exactly. */
  static String micros(long nanos) {
    String sign = nanos < 0 && nanos > -1000 ? "-" : "";
    return String.format(Locale.ROOT, "%s%,d.%03d", sign, nanos / 1000, Math.abs(nanos % 1000));
  }

  static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.1f", whole == 0 ? 0.0 : 100.0 * part / whole);
  }

  static String fields(Message message) {
    if (message.fields() == null) {
      return "";
    }
    String json = message.fields();
    return json.substring(1, json.length() - 1).replace("\"", "").replace(":", "=");
  }

  static String from(Message message) {
    if (message.sender() != null) {
      return message.sender();
    }
    return message.origin() == null ? "(outside)" : "(" + message.origin() + ")";
  }

  /** One line: id, instant, who to whom, what. */
  static String line(Message message) {
    String fields = fields(message);
    return String.format(
        Locale.ROOT,
        "m%-9d %15s us  %s -> %s  %s%s%s%s",
        message.id(),
        micros(message.handled()),
        from(message),
        message.receiver(),
        message.type(),
        fields.isEmpty() ? "" : "(" + fields + ")",
        message.request() == 0 ? "" : " for " + message.request(),
        message.origin() == null || message.sender() == null ? "" : " [" + message.origin() + "]");
  }
}
