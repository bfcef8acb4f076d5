package dev.ksgx.trace.query;

import dev.ksgx.trace.query.Timelines.Span;
import dev.ksgx.trace.query.Timelines.Stay;
import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What made a request as slow as it was: its critical path, found from its end backwards along its
 * own timeline. Where it waited for the end of work of its own that had begun before the wait, the
 * path follows that work back to where the request had it queued: of two parallel parts, the later
 * one is to blame, and what went on beside it costs nothing.
 */
public final class Blame {
  private final Timelines timelines;

  public Blame(TraceStore store) {
    this.timelines = new Timelines(store, new Requests(store));
  }

  /** The critical path in order of time; its parts sum to the latency exactly. */
  public List<Part> path(Request request) {
    return path(request, true);
  }

  private List<Part> path(Request request, boolean withHolders) {
    List<Span> spans = timelines.spans(request.id());
    List<Stay> stays = timelines.stays(request.id());
    Map<Long, Map<String, Long>> splits = timelines.splits(request.id());
    List<Part> path = new ArrayList<>();
    long time = request.ended();
    int at = spans.size() - 1;
    while (time > request.began() && at >= 0) {
      Span span = spans.get(at);
      if (span.start() >= time) {
        at--;
        continue;
      }
      Stay own = ownWork(span, stays, time);
      if (own == null) {
        path.add(part(request, span, splits, time, withHolders));
        time = span.start();
        continue;
      }
      long served = Math.max(own.start(), request.began());
      path.add(own(Part.Kind.OWN, span, served, time, List.of()));
      time = served;
      long queued = Math.max(own.queued(), request.began());
      if (queued < time) {
        path.add(
            own(
                Part.Kind.WAIT,
                span,
                queued,
                time,
                holders(span, request, queued, time, withHolders)));
        time = queued;
      }
    }
    if (time > request.planned()) {
      List<Holder> before = withHolders ? timelines.inHandBefore(request.id()) : List.of();
      path.add(new Part(Part.Kind.LATE, "", "", request.planned(), time, Map.of(), before));
    }
    Collections.reverse(path);
    return path;
  }

  /**
   * The stay of the request's own work whose end the wait was for: it ended when the wait did and
   * was queued before, and the wait did not end by getting the resource.
   */
  private static Stay ownWork(Span span, List<Stay> stays, long time) {
    if (!span.waited() || time != span.stop()) {
      return null;
    }
    Stay found = null;
    for (Stay stay : stays) {
      if (stay.resource() == span.resource()) {
        if (stay.start() == time) {
          return null;
        }
        if (stay.stop() == time && stay.queued() < span.start()) {
          found = stay;
        }
      }
    }
    return found;
  }

  private Part part(
      Request request,
      Span span,
      Map<Long, Map<String, Long>> splits,
      long until,
      boolean withHolders) {
    if (span.waited()) {
      return new Part(
          Part.Kind.WAIT,
          span.name(),
          span.group(),
          span.start(),
          until,
          Map.of(),
          holders(span, request, span.start(), until, withHolders));
    }
    // What is cut off by parallel work cannot be told apart by label.
    Map<String, Long> split =
        until == span.stop() ? splits.getOrDefault(span.id(), Map.of()) : Map.of();
    return new Part(
        Part.Kind.SERVE, span.name(), span.group(), span.start(), until, split, List.of());
  }

  private static Part own(Part.Kind kind, Span span, long start, long stop, List<Holder> holders) {
    return new Part(kind, span.name(), span.group(), start, stop, Map.of(), holders);
  }

  private List<Holder> holders(
      Span span, Request request, long from, long to, boolean withHolders) {
    return withHolders ? timelines.holders(span.resource(), request.id(), from, to) : List.of();
  }

  /** The timeline of a request as it was, without the detour over parallel work. */
  public List<Part> timeline(long request, long untilNanos) {
    List<Part> parts = new ArrayList<>();
    Request asked = new Request(request, null, request, 0, 0, untilNanos);
    List<Stay> stays = timelines.stays(request);
    Map<Long, Map<String, Long>> splits = timelines.splits(request);
    for (Span span : timelines.spans(request)) {
      if (span.start() < untilNanos) {
        long until = Math.min(span.stop(), untilNanos);
        parts.add(
            ownWork(span, stays, until) == null
                ? part(asked, span, splits, until, true)
                : own(Part.Kind.OWN, span, span.start(), until, List.of()));
      }
    }
    return parts;
  }

  /** Nanoseconds by what is to blame over many requests, the most first. */
  public Map<String, Long> totals(List<Request> requests) {
    Map<String, Long> totals = new LinkedHashMap<>();
    for (Request request : requests) {
      for (Part part : path(request, false)) {
        long left = part.nanos();
        for (Map.Entry<String, Long> piece : part.split().entrySet()) {
          totals.merge(part.group() + ": " + piece.getKey(), piece.getValue(), Long::sum);
          left -= piece.getValue();
        }
        if (left > 0) {
          totals.merge(part.what(), left, Long::sum);
        }
      }
    }
    List<Map.Entry<String, Long>> sorted = new ArrayList<>(totals.entrySet());
    sorted.sort(
        Map.Entry.<String, Long>comparingByValue()
            .reversed()
            .thenComparing(Map.Entry.comparingByKey()));
    Map<String, Long> ordered = new LinkedHashMap<>();
    sorted.forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
    return ordered;
  }
}
