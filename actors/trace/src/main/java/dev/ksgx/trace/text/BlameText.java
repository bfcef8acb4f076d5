package dev.ksgx.trace.text;

import dev.ksgx.trace.query.Holder;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Critical paths and their sums. */
public final class BlameText {
  private static final int MOST_HOLDERS = 6;

  private BlameText() {}

  /** The path of one request; its last line sums it up. */
  public static String path(Request request, List<Part> path) {
    StringBuilder text = new StringBuilder();
    text.append(request.name());
    text.append(request.kind() == null ? "" : " (request " + request.id() + ")");
    text.append(request.underWay() ? " was under way when the trace ended, after " : " took ");
    text.append(Format.micros(request.latencyNanos())).append(" us\n");
    long sum = 0;
    for (Part part : path) {
      sum += part.nanos();
      text.append("  ")
          .append(String.format("%5s %%  ", Format.percent(part.nanos(), request.latencyNanos())))
          .append(line(part))
          .append('\n');
    }
    text.append(String.format("  %d parts, together %s us%n", path.size(), Format.micros(sum)));
    return text.toString();
  }

  /** One part of a path. */
  static String line(Part part) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%13s us from %s: %s",
            Format.micros(part.nanos()), Format.micros(part.start()), words(part)));
    if (!part.split().isEmpty()) {
      String separator = " (";
      for (Map.Entry<String, Long> piece : part.split().entrySet()) {
        line.append(separator).append(piece.getKey()).append(' ');
        line.append(Format.micros(piece.getValue()));
        separator = ", ";
      }
      line.append(')');
    }
    return line.toString();
  }

  private static String words(Part part) {
    return switch (part.kind()) {
      case LATE -> "not begun: whoever makes it was busy" + by(", with ", part.holders());
      case WAIT -> "waited for " + part.resource() + by(", held by ", part.holders());
      case SERVE -> "served by " + part.resource();
      case OWN -> "waited for work of its own at " + part.resource() + ", done beside";
      case OPEN -> "not over at the end";
    };
  }

  private static String by(String lead, List<Holder> holders) {
    Map<String, Long> byName = new LinkedHashMap<>();
    holders.forEach(holder -> byName.merge(holder.name(), holder.nanos(), Long::sum));
    if (byName.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(lead);
    int told = 0;
    for (Map.Entry<String, Long> holder : byName.entrySet()) {
      if (told == MOST_HOLDERS) {
        return text.append(" and ").append(byName.size() - told).append(" more").toString();
      }
      text.append(told++ == 0 ? "" : ", ").append(holder.getKey());
      text.append(" (").append(Format.micros(holder.getValue())).append(')');
    }
    return text.toString();
  }

  /** What sums over requests that ended leave out; empty if they leave out nothing. */
  public static String leftOut(List<Request> underWay) {
    if (underWay.isEmpty()) {
      return "";
    }
    long nanos = underWay.stream().mapToLong(Request::latencyNanos).sum();
    return String.format(
        Locale.ROOT,
        "  left out: %,d that had begun and not ended when the trace did, after %s us together,"
            + " such as %s%n",
        underWay.size(),
        Format.micros(nanos),
        underWay.get(0).name());
  }

  /** Sums over many requests, a line for what each is to blame for. */
  public static String totals(List<Request> requests, Map<String, Long> totals) {
    long latency = requests.stream().mapToLong(Request::latencyNanos).sum();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d requests, together %s us, on average %s us%n",
            requests.size(),
            Format.micros(latency),
            Format.micros(requests.isEmpty() ? 0 : latency / requests.size())));
    totals.forEach(
        (what, nanos) ->
            text.append(
                String.format(
                    "  %5s %%  %18s us  %s%n",
                    Format.percent(nanos, latency), Format.micros(nanos), what)));
    long sum = totals.values().stream().mapToLong(Long::longValue).sum();
    text.append(String.format("  together %s us%n", Format.micros(sum)));
    return text.toString();
  }
}
