package dev.ksgx.trace.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is missing from a trace, a line each. */
public final class NotesText {
  private NotesText() {}

  /**
   * The lines; none if all is there.
   *
   * @param notes of the trace ({@link dev.ksgx.trace.store.TraceStore#notes})
   */
  public static List<String> missing(Map<String, String> notes) {
    List<String> lines = new ArrayList<>();
    long dropped = number(notes, "dropped");
    long unread = number(notes, "unreadBytes");
    long here = number(notes, "messages");
    if (notes.containsKey("damagedAtByte")) {
      lines.add(
          line(
              "the trace is damaged at byte %,d: the %,d messages before are here; what follows is not:"
                  + " %,d bytes, with %,d messages in whole blocks",
              number(notes, "damagedAtByte"), here, unread, number(notes, "messagesBehindDamage")));
    } else if (notes.containsKey("ended")) {
      if (unread > 0) {
        lines.add(line("%,d bytes behind the end of the trace are no part of it", unread));
      }
    } else if (dropped == 0) {
      lines.add(
          line(
              "the run was killed, or goes on, or could write no more: %,d messages are here, the rest"
                  + " is missing",
              here));
    }
    if (dropped > 0) {
      lines.add(
          line(
              "%,d messages were dropped: the disk was full, or the trace had its greatest size; the"
                  + " %,d before are here",
              dropped, here));
    }
    if (!notes.getOrDefault("oneIn", "1").equals("1")) {
      lines.add(line("has one request in %s", notes.get("oneIn")));
    }
    if (notes.containsKey("only")) {
      lines.add(line("has only %s", notes.get("only")));
    }
    return lines;
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  private static long number(Map<String, String> notes, String key) {
    return Long.parseLong(notes.getOrDefault(key, "0"));
  }
}
