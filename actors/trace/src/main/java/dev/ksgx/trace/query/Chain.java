package dev.ksgx.trace.query;

import dev.ksgx.trace.store.TraceStore;
import java.util.ArrayList;
import java.util.List;

/**
 * The ends of a chain of causes, which under a server that never idles can be millions long. What
 * lies between is not read: milestones of the index lead over it.
 *
 * @param first ids of the message, its cause, the cause of that, and so on
 * @param between how many are left out
 * @param last ids up to the first cause, which has none in the model or in the trace
 */
public record Chain(List<Long> first, long between, List<Long> last) {
  private record Place(long id, long steps) {}

  private static final String UPWARDS =
      "with recursive chain(id, cause, origin) as (select id, cause, origin from message where id = ?"
          + " union all select m.id, m.cause, m.origin from chain c join message m on m.id = c.cause"
          + " where c.cause <> 0 and c.origin = 0%s) select id from chain";

  private static final String ALL = UPWARDS.formatted("");

  private static final String TO_MILESTONE =
      UPWARDS.formatted(" and not exists (select 1 from milestone s where s.id = c.id)");

  private static final String MILESTONES =
      "with recursive hop(id, steps) as (select above, steps from milestone where id = ? union all"
          + " select s.above, s.steps from hop h join milestone s on s.id = h.id)"
          + " select id, steps from hop";

  /** Id of the last. */
  public long root() {
    List<Long> end = last.isEmpty() ? first : last;
    return end.get(end.size() - 1);
  }

  /** All ids of the chain, in order; it may be too long to be wanted. */
  static List<Long> all(TraceStore store, long message) {
    return store.list(ALL, row -> row.getLong(1), message);
  }

  /**
   * The chain of a message, its middle left out if it has more than twice as many causes as {@code
   * ends}.
   */
  static Chain of(TraceStore store, long message, int ends) {
    List<Place> places = places(store, message);
    long causes = places.get(places.size() - 1).steps();
    if (causes <= 2L * ends) {
      return new Chain(all(store, message), 0, List.of());
    }
    List<Long> first = store.list(ALL + " limit " + (ends + 1), row -> row.getLong(1), message);
    int from = places.size() - 1;
    while (causes - places.get(from).steps() < ends - 1) {
      from--;
    }
    List<Long> tail = all(store, places.get(from).id());
    List<Long> last = tail.subList(tail.size() - ends, tail.size());
    return new Chain(first, causes - 2L * ends, List.copyOf(last));
  }

  /** Places on the way to the root, which is the last of them, and how far they are. */
  private static List<Place> places(TraceStore store, long message) {
    List<Place> places = new ArrayList<>(List.of(new Place(message, 0)));
    Place at = places.get(0);
    while (true) {
      for (Place hop :
          store.list(MILESTONES, row -> new Place(row.getLong(1), row.getLong(2)), at.id())) {
        at = new Place(hop.id(), at.steps() + hop.steps());
        places.add(at);
      }
      List<Long> walked = store.list(TO_MILESTONE, row -> row.getLong(1), at.id());
      if (walked.size() == 1) {
        return places;
      }
      at = new Place(walked.get(walked.size() - 1), at.steps() + walked.size() - 1);
      places.add(at);
    }
  }
}
