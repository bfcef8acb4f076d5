package dev.ksgx.trace.page;

import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.store.TraceStore;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a page shows: requests with all that serves them, or everything of a piece of time.
 *
 * @param title in people's words, e.g. "launch 17"
 * @param requests with timeline and blame
 * @param fromNanos first instant of a piece of time; null if only the requests are shown
 * @param toNanos its last instant; null if only the requests are shown
 */
public record Scene(String title, List<Request> requests, Long fromNanos, Long toNanos) {

  /** These requests. */
  public static Scene of(List<Request> requests) {
    String first = requests.isEmpty() ? "nothing" : requests.get(0).title();
    String title =
        switch (requests.size()) {
          case 0, 1 -> first;
          case 2 -> first + " and " + requests.get(1).name();
          default -> first + " and " + (requests.size() - 1) + " more";
        };
    return new Scene(title, List.copyOf(requests), null, null);
  }

  /**
   * What is selected: a request, or all messages of a time with the requests that overlap it.
   *
   * @throws IllegalArgumentException if the request is not in the trace
   */
  public static Scene of(TraceStore store, Selection selection) {
    if (selection.request() != null) {
      return of(
          List.of(
              new Requests(store)
                  .find(selection.request())
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "request "
                                  + selection.request()
                                  + " neither ended nor has a name in this trace"))));
    }
    long end = ResourceUse.endNanos(store);
    long from = selection.fromNanos() == null ? 0 : selection.fromNanos();
    long to = selection.toNanos() == null ? end : Math.min(selection.toNanos(), end);
    Requests requests = new Requests(store);
    List<Request> overlapping =
        Stream.concat(requests.all().stream(), requests.underWay(0).stream())
            .filter(request -> request.ended() >= from && request.planned() <= to)
            .toList();
    String title = String.format(Locale.ROOT, "%,d to %,d µs", from / 1000, to / 1000);
    return new Scene(title, overlapping, from, to);
  }

  boolean isWindow() {
    return fromNanos != null;
  }
}
