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
  private final Requests requests;

  public Blame(TraceStore store) {
    this.requests = new Requests(store);
    this.timelines = new Timelines(store, requests);
  }

  /**
   * The critical path in order of time; its parts sum to the latency exactly. That of a request
   * under way leads up to the end of the trace.
   */
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
    if (request.underWay()) {
      long since = at < 0 ? request.began() : spans.get(at).stop();
      if (since < time) {
        path.add(new Part(Part.Kind.OPEN, "", "", since, time, Map.of(), List.of()));
        time = since;
      }
    }
    while (time > request.began() && at >= 0) {
      Span span = spans.get(at);
      if (span.start() >= time) {
        at--;
        continue;
      }
      Stay own = ownWork(span, stays, time);
      if (own == null) {
        path.add(part(request.id(), span, splits, time, withHolders));
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
                holders(span, request.id(), queued, time, withHolders)));
        time = queued;
      }
    }
    if (time > request.planned()) {
      path.add(late(request, time, withHolders));
    }
    Collections.reverse(path);
    return path;
  }

  private Part late(Request request, long until, boolean withHolders) {
    List<Holder> before = withHolders ? timelines.inHandBefore(request.id()) : List.of();
    return new Part(Part.Kind.LATE, "", "", request.planned(), until, Map.of(), before);
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
      long request,
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

  private List<Holder> holders(Span span, long request, long from, long to, boolean withHolders) {
    return withHolders ? timelines.holders(span.resource(), request, from, to) : List.of();
  }

  /**
   * The timeline of a request as it was up to an instant, without the detour over parallel work;
   * before it a late start. Its middle is left out, and not read, if it has more than twice as many
   * intervals as {@code ends}.
   */
  public Timeline timeline(long request, long untilNanos, int ends) {
    List<Part> first = new ArrayList<>();
    Request known = requests.find(request).orElse(null);
    if (known != null && known.planned() < Math.min(known.began(), untilNanos)) {
      first.add(late(known, Math.min(known.began(), untilNanos), true));
    }
    long count = timelines.countUntil(request, untilNanos);
    boolean whole = count <= 2L * ends;
    for (Span span : timelines.firstUntil(request, untilNanos, whole ? 2 * ends : ends)) {
      first.add(asItWas(request, span, untilNanos));
    }
    List<Part> last = new ArrayList<>();
    if (!whole) {
      for (Span span : timelines.lastUntil(request, untilNanos, ends)) {
        last.add(asItWas(request, span, untilNanos));
      }
    }
    return new Timeline(first, whole ? 0 : count - 2L * ends, last);
  }

  private Part asItWas(long request, Span span, long untilNanos) {
    long until = Math.min(span.stop(), untilNanos);
    List<Stay> stays =
        span.waited() ? timelines.staysAt(request, span.resource(), until) : List.of();
    return ownWork(span, stays, until) == null
        ? part(request, span, Map.of(span.id(), timelines.split(span.id())), until, true)
        : own(Part.Kind.OWN, span, span.start(), until, List.of());
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
