package dev.ksgx.trace.text;

import dev.ksgx.trace.query.ActorUse;
import dev.ksgx.trace.query.Divergence;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.query.StateChange;
import java.util.List;
import java.util.Locale;

/** Actors, resources and differences as tables. */
public final class UseText {
  private UseText() {}

  /** A line each. */
  public static String actors(List<ActorUse> actors) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%12s %12s %16s %16s  %s%n", "handled", "sent", "first us", "last us", "actor"));
    for (ActorUse actor : actors) {
      text.append(
          String.format(
              Locale.ROOT,
              "%,12d %,12d %16s %16s  %s%n",
              actor.handled(),
              actor.sent(),
              Format.micros(actor.firstNanos()),
              Format.micros(actor.lastNanos()),
              actor.path()));
    }
    return text.toString();
  }

  /** A line each; the last column is the mean queue in equal slices of the trace. */
  public static String resources(List<ResourceUse> uses, long endNanos) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%-22s %9s %12s %12s  %s%n",
            "resource", "held", "grants", "wait us", "queue over time"));
    for (ResourceUse use : uses) {
      StringBuilder queue = new StringBuilder();
      for (double length : use.queues()) {
        queue.append(String.format(Locale.ROOT, "%7.2f", length));
      }
      text.append(
          String.format(
              Locale.ROOT,
              "%-22s %9.3f %,12d %12s  %s%n",
              use.group(),
              endNanos == 0 ? 0 : (double) use.busyNanos() / endNanos,
              use.grants(),
              Format.micros(use.grants() == 0 ? 0 : use.waitNanos() / use.grants()),
              queue));
    }
    return text.append("held: mean number of holders; wait us: mean over all grants\n").toString();
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
    return name + ": " + (message == null ? "(no more messages)" : Format.line(message)) + "\n";
  }
}
