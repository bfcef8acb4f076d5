package dev.ksgx.trace.text;

import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Chain;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.query.Timeline;
import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Messages, their causes, and the messages of a request side by side. */
public final class MessageText {
  private static final int MOST_EFFECTS = 20;
  private static final int ENDS_OF_CHAIN = 30;
  private static final int ENDS_OF_TIMELINE = 100;

  private final TraceStore store;
  private final Messages messages;
  private final Requests requests;

  public MessageText(TraceStore store) {
    this.store = store;
    this.messages = new Messages(store);
    this.requests = new Requests(store);
  }

  /** One line each. */
  public String list(List<Message> listed) {
    StringBuilder text = new StringBuilder();
    listed.forEach(message -> text.append(Format.line(message)).append('\n'));
    return text.toString();
  }

  /** Everything of one message, with what it brought about. */
  public String show(Message message) {
    StringBuilder text = new StringBuilder();
    row(text, "message", "m" + message.id() + "  " + message.type());
    row(text, "from", Format.from(message));
    row(text, "to", message.receiver());
    row(text, "sent", Format.micros(message.sent()) + " us");
    row(text, "handled", Format.micros(message.handled()) + " us");
    row(text, "cause", cause(message));
    row(text, "request", request(message));
    row(text, "fields", Format.fields(message));
    for (StateChange change : StateChange.during(store, message.id())) {
      row(text, "state", change.inWords());
    }
    List<Message> effects = messages.effects(message.id());
    row(text, "effects", Integer.toString(effects.size()));
    effects.stream()
        .limit(MOST_EFFECTS)
        .forEach(effect -> text.append("  ").append(Format.line(effect)).append('\n'));
    if (effects.size() > MOST_EFFECTS) {
      text.append("  and ").append(effects.size() - MOST_EFFECTS).append(" more\n");
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append(String.format("%-8s %s%n", name, value));
    }
  }

  private String cause(Message message) {
    if (message.cause() == 0) {
      return "none: " + (message.origin() == null ? "from outside" : message.origin());
    }
    String cause =
        messages
            .find(message.cause())
            .map(Format::line)
            .orElse("m" + message.cause() + ", which is not in the trace");
    return message.origin() == null
        ? cause
        : "none: " + message.origin() + "; timer set by " + cause;
  }

  private String request(Message message) {
    if (message.request() == 0) {
      return "";
    }
    Optional<Request> request = requests.find(message.request());
    return message.request() + request.map(found -> "  " + found.title()).orElse("");
  }

  /** The chain of causes, and what the message's request waited for up to then. */
  public String why(Message message) {
    StringBuilder text = new StringBuilder();
    text.append(Format.line(message)).append('\n');
    Chain chain = messages.chain(message.id(), ENDS_OF_CHAIN);
    chain.first().stream().skip(1).forEach(id -> because(text, id));
    if (chain.between() > 0) {
      text.append("  ... ").append(chain.between()).append(" more\n");
    }
    chain.last().forEach(id -> because(text, id));
    Message first = messages.find(chain.root()).orElseThrow();
    if (!first.isRoot()) {
      text.append("  because of m").append(first.cause()).append(", which is not in the trace\n");
    } else {
      String origin = first.origin() == null ? "outside" : first.origin();
      text.append("  which is a root (").append(origin);
      text.append("): nothing in the model caused it\n");
    }
    if (message.request() != 0) {
      text.append("request ").append(request(message)).append(" up to then\n");
      timeline(text, message);
    }
    return text.toString();
  }

  private void timeline(StringBuilder text, Message message) {
    Timeline timeline =
        new Blame(store).timeline(message.request(), message.handled(), ENDS_OF_TIMELINE);
    timeline.first().forEach(part -> part(text, part));
    if (timeline.between() > 0) {
      text.append("  ... ").append(timeline.between());
      text.append(" more; all: sql \"select * from spans where request = ");
      text.append(message.request()).append(" order by start\"\n");
    }
    timeline.last().forEach(part -> part(text, part));
  }

  private static void part(StringBuilder text, Part part) {
    text.append("  ").append(BlameText.line(part)).append('\n');
  }

  private void because(StringBuilder text, long id) {
    Message cause = messages.find(id).orElseThrow();
    text.append("  because of ").append(Format.line(cause)).append('\n');
  }

  /** Every message of a request, a column for each actor: from {@code *} to {@code >}. */
  public String columns(Request request) {
    List<Message> served = messages.ofRequest(request.id());
    List<String> actors = new ArrayList<>();
    for (Message message : served) {
      for (String actor : new String[] {Format.from(message), message.receiver()}) {
        if (!actors.contains(actor)) {
          actors.add(actor);
        }
      }
    }
    StringBuilder text = new StringBuilder();
    text.append(request.name())
        .append(": planned at ")
        .append(Format.micros(request.planned()))
        .append(request.underWay() ? " us, under way at the end, after " : " us, took ")
        .append(Format.micros(request.latencyNanos()))
        .append(" us\n");
    for (int i = 0; i < actors.size(); i++) {
      text.append(String.format("%4d  %s%n", i + 1, actors.get(i)));
    }
    text.append(String.format("%12s  %-10s", "us", "message"));
    for (int i = 0; i < actors.size(); i++) {
      text.append(String.format("%3d", i + 1));
    }
    text.append('\n');
    for (Message message : served) {
      text.append(
          String.format(
              "%12s  %-10s",
              Format.micros(message.handled() - request.planned()), "m" + message.id()));
      lane(
          text,
          actors.size(),
          actors.indexOf(Format.from(message)),
          actors.indexOf(message.receiver()));
      String fields = Format.fields(message);
      text.append("  ").append(message.type()).append(fields.isEmpty() ? "" : "(" + fields + ")");
      for (StateChange change : StateChange.during(store, message.id())) {
        text.append("  [").append(change.inWords()).append(']');
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static void lane(StringBuilder text, int columns, int from, int to) {
    int left = Math.min(from, to);
    int right = Math.max(from, to);
    for (int i = 0; i < columns; i++) {
      char mark =
          i == to ? (from == to ? '@' : '>') : i == from ? '*' : i > left && i < right ? '-' : '.';
      if (i == to && to < from) {
        mark = '<';
      }
      text.append(i > left && i <= right ? "--" : "  ").append(mark);
    }
  }
}
