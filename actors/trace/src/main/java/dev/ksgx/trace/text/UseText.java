package dev.ksgx.trace.text;

import dev.ksgx.trace.query.ActorUse;
import dev.ksgx.trace.query.Divergence;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.query.Window;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Actors, resources and differences as tables. */
public final class UseText {
  private UseText() {}

  /**
   * A line each, with the slices of the window: how many messages lay in the mailbox if any did,
   * which is never so in virtual time; else how many the actor handled.
   */
  public static String actors(List<ActorUse> actors, Window window) {
    boolean kept = actors.stream().anyMatch(actor -> actor.mailboxNanos() > 0);
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%12s %12s %12s %16s %16s  %s",
            "handled",
            "sent",
            "mailbox us",
            "first us",
            "last us",
            instants(window, kept ? "in its mailbox" : "handled")));
    for (ActorUse actor : actors) {
      text.append(
          String.format(
              Locale.ROOT,
              "%,12d %,12d %12s %16s %16s  ",
              actor.handled(),
              actor.sent(),
              Format.micros(actor.mailboxNanos() / Math.max(1, actor.handled())),
              Format.micros(actor.firstNanos()),
              Format.micros(actor.lastNanos())));
      for (int slice = 0; slice < window.slices(); slice++) {
        text.append(
            kept
                ? String.format(Locale.ROOT, "%10.2f", actor.mailbox()[slice])
                : String.format(Locale.ROOT, "%,10d", actor.handledOver()[slice]));
      }
      text.append("  ").append(actor.path()).append('\n');
    }
    return text.append(
            "mailbox us: mean over the messages, 0 in virtual time; a trace does not have how long an"
                + " actor takes for one\n")
        .toString();
  }

  /** A line each; the last columns are the mean queue in equal slices of the window. */
  public static String resources(List<ResourceUse> uses, Window window) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%-22s %8s %9s %7s %12s %8s %12s %8s  %s",
            "resource",
            "servers",
            "held",
            "util %",
            "grants",
            "waiting",
            "wait us",
            "queue",
            instants(window, "queue")));
    for (ResourceUse use : uses) {
      StringBuilder queue = new StringBuilder();
      for (double length : use.queues()) {
        queue.append(String.format(Locale.ROOT, "%10.2f", length));
      }
      long nanos = Math.max(1, window.nanos());
      text.append(
          String.format(
              Locale.ROOT,
              "%-22s %,8d %9.3f %7s %,12d %,8d %12s %8.3f  %s%n",
              use.group(),
              use.capacity(),
              (double) use.heldNanos() / nanos,
              Format.percent(use.heldNanos(), nanos * use.capacity()),
              use.grants(),
              use.waiting(),
              Format.micros(use.grants() == 0 ? 0 : use.waitNanos() / use.grants()),
              (double) use.queuedNanos() / nanos,
              queue));
    }
    return text.append(
            "servers: of all members, also of those that came and went; held, queue: mean numbers;"
                + " util: held of servers\n"
                + "waiting: at the end; wait us: mean over the grants\n")
        .toString();
  }

  /** Above the columns of slices: from which instants they are, in one unit. */
  private static String instants(Window window, String what) {
    boolean fine = window.toNanos() < 1_000_000_000L;
    StringBuilder text = new StringBuilder();
    for (int slice = 0; slice < window.slices(); slice++) {
      long start = window.start(slice);
      text.append(String.format(Locale.ROOT, "%,10d", start / (fine ? 1_000 : 1_000_000)));
    }
    return text.append("  ")
        .append(what)
        .append(fine ? " from these us on\n" : " from these ms on\n")
        .toString();
  }

  /** Of when figures are; of a trace of a part of a run, that they are of that part. */
  public static String head(Window window, Map<String, String> notes) {
    StringBuilder text = new StringBuilder("from ");
    text.append(Format.micros(window.fromNanos())).append(" to ");
    text.append(Format.micros(window.toNanos())).append(" us");
    String part = notes.get("only");
    if (!notes.getOrDefault("oneIn", "1").equals("1")) {
      part = "one request in " + notes.get("oneIn") + (part == null ? "" : ", " + part);
    }
    if (part != null) {
      text.append("; of what was recorded alone, which is ").append(part);
    }
    return text.append('\n').toString();
  }

  /** A line each. */
  public static String states(List<StateChange> changes) {
    StringBuilder text = new StringBuilder();
    for (StateChange change : changes) {
      text.append(
          String.format(
              "%15s us  %s  %s  by m%d%s%n",
              Format.micros(change.at()),
              change.actor() == null ? "(outside)" : change.actor(),
              change.inWords(),
              change.cause(),
              change.request() == 0 ? "" : " for " + change.request()));
    }
    return text.toString();
  }

  /** The first difference of two traces. */
  public static String divergence(Divergence divergence) {
    return String.format(
            Locale.ROOT, "the first %,d messages are the same; then%n", divergence.same())
        + side("A", divergence.left())
        + side("B", divergence.right());
  }

  private static String side(String name, Message message) {
    return name
        + ": "
        + (message == null
            ? "(no more messages)\n"
            : String.format(
                "%s, sent %s us, cause %s%n",
                Format.line(message),
                Format.micros(message.sent()),
                message.cause() == 0 ? "none" : "m" + message.cause()));
  }
}
