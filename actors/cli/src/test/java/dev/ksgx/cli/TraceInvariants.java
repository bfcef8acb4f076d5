package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.TraceStore;
import java.util.List;
import java.util.Set;

/** What is true of every trace of every run. */
final class TraceInvariants {
  /** What somebody outside the model tells it: start, and how the run is ended and measured. */
  private static final Set<String> OUTSIDE =
      Set.of("GuardianStartupBehavior$Start$", "LoadGuardian$ReadPaging");

  private static final Set<String> ROOTS =
      Set.of(
          "boot akka:Create",
          "arrival LoadMessage$Due",
          "arrival LoadMessage$GuestDue",
          "arrival LifeMessage$GroupDue");

  private TraceInvariants() {}

  /**
   * Holds a trace to them.
   *
   * @return requests whose blame was summed
   */
  static int hold(TraceStore store) {
    CauseRules.hold(store);
    onlyKnownRoots(store);
    return timesHold(store);
  }

  /** Of the times of requests alone, which hold in live mode as well. */
  static int timesHold(TraceStore store) {
    timelinesAbut(store);
    List<Request> all = new Requests(store).all();
    Blame blame = new Blame(store);
    all.forEach(request -> partsSumToTheLatency(request, blame.path(request)));
    return all.size();
  }

  /** From its beginning to its end a request waits or is served, one thing after the other. */
  private static void timelinesAbut(TraceStore store) {
    assertThat(
            store.list(
                "select q.id from request q where q.ended > q.began and (select count(*) from span s"
                    + " where s.request = q.id and s.start = q.began) = 0 or exists (select 1 from"
                    + " span s where s.request = q.id and s.stop <> q.ended and not exists (select"
                    + " 1 from span n where n.request = q.id and n.start = s.stop)) or (select"
                    + " coalesce(sum(stop - start), 0) from span s where s.request = q.id) <>"
                    + " q.ended - q.began limit 10",
                row -> row.getLong(1)))
        .as("requests of which the waits and services do not abut")
        .isEmpty();
  }

  private static void onlyKnownRoots(TraceStore store) {
    assertThat(
            store.list(
                "select distinct t.name from message m join type t on t.id = m.type"
                    + " where m.cause = 0 and m.origin = 0",
                row -> row.getString(1)))
        .as("what comes from outside")
        .isNotEmpty()
        .isSubsetOf(OUTSIDE);
    assertThat(
            store.list(
                "select distinct l.name || ' ' || t.name from message m join type t on t.id = m.type"
                    + " join label l on l.id = m.origin where m.origin <> 0",
                row -> row.getString(1)))
        .as("roots of a class of their own")
        .isNotEmpty()
        .isSubsetOf(ROOTS);
  }

  private static void partsSumToTheLatency(Request request, List<Part> path) {
    long at = request.planned();
    long sum = 0;
    for (Part part : path) {
      if (part.start() != at || part.stop() <= part.start()) {
        throw new AssertionError(request + ": gap or overlap before " + part);
      }
      long split = part.split().values().stream().mapToLong(Long::longValue).sum();
      if (split > part.nanos()) {
        throw new AssertionError(request + ": pieces are longer than " + part);
      }
      sum += part.nanos();
      at = part.stop();
    }
    if (at != request.ended() || sum != request.latencyNanos()) {
      throw new AssertionError(request + ": parts sum to " + sum);
    }
  }
}
