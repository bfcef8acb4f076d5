package dev.ksgx.trace.record;

import dev.ksgx.runtime.record.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What actors that make requests had in hand lately. A request that begins later than it was
 * planned waited for its maker, and this is what the maker did instead. A maker plans in order, so
 * that what ended before a plan explains none of the plans that follow.
 */
final class Makers {
  /**
   * A request that is over.
   *
   * @param name null if it has none
   */
  record Made(long request, Scope.Name name, long fromNanos, long toNanos) {}

  /** Most requests of one maker that are remembered. */
  private static final int MOST = 256;

  private final Map<Integer, ArrayDeque<Made>> lately = new HashMap<>();
  private final Map<Long, Scope.Name> names = new HashMap<>();

  /** A request gets its name; tells what its maker did since it was planned, in order. */
  List<Made> begun(Endpoint maker, long request, Scope.Name name) {
    names.put(request, name);
    ArrayDeque<Made> made = maker == null ? null : lately.get(maker.number());
    if (made == null) {
      return List.of();
    }
    while (!made.isEmpty() && made.peek().toNanos() <= name.plannedNanos()) {
      made.remove();
    }
    return new ArrayList<>(made);
  }

  /** The request is over; its maker is the one who says so. */
  void done(Endpoint maker, long request, long fromNanos, long toNanos) {
    Scope.Name name = names.remove(request);
    if (maker == null) {
      return;
    }
    ArrayDeque<Made> made = lately.computeIfAbsent(maker.number(), m -> new ArrayDeque<>());
    if (made.size() == MOST) {
      made.remove();
    }
    made.add(new Made(request, name, fromNanos, toNanos));
  }
}
