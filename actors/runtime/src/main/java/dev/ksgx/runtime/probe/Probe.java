package dev.ksgx.runtime.probe;

import java.util.Collection;
import java.util.List;

/**
 * Observes requests and resources of one actor system.
 *
 * <p><b>Requests.</b> A request (any id but 0) has exactly one open interval at a time; opening one
 * closes the one before at the same instant, so a request's intervals sum to its latency exactly,
 * in integer nanoseconds. The first interval begins the request, {@link #done} ends it. Calls for
 * request 0 ("nobody's request") are ignored.
 *
 * <p><b>Resources</b> are told separately who queues and who holds ({@link Resource}), since a
 * request may hold a lock while it waits for a core.
 *
 * <p>A virtual system measures on its one thread. In live mode the probe is {@link #off()} unless
 * the configuration asks for it: actors on several threads then take turns at its lock, and hand a
 * request on by messages that take time. That time belongs to the interval that is open.
 */
public interface Probe {

  /** A probe that does nothing; its resources and levels count nothing. */
  static Probe off() {
    return OffProbe.INSTANCE;
  }

  /**
   * Registers a resource; call once per resource.
   *
   * @param name unique among live resources, e.g. "core-3"
   * @param group family the totals of which outlive the resource, e.g. "encl-lock"
   * @param capacity number of servers, at least 1; a reader/writer lock has 1 and counts as busy
   *     while anyone holds it
   */
  Resource resource(String name, String group, int capacity);

  /** A resource that is its own group. */
  default Resource resource(String name, int capacity) {
    return resource(name, name, capacity);
  }

  /** Forgets an idle resource; its totals stay in its group. */
  void remove(Resource resource);

  /** A quantity whose time-weighted mean and maximum matter, e.g. free frames. Starts at 0. */
  Level level(String name);

  /**
   * A new state of the actor that asks, told of changes alone; call once per state. No statistics
   * are kept of it.
   *
   * @param name unique in its actor, e.g. "life"
   */
  State state(String name);

  /** The request now waits for the resource; {@code holder} is the task in its way (0: unknown). */
  void waiting(long request, Resource resource, long holder);

  /** The request is now served by the resource. */
  void serving(long request, Resource resource);

  /**
   * A part of the serving interval that the request has open went to {@code label}. The parts told
   * of an interval are at most as long as it.
   *
   * @param label one of a closed list of the model's
   */
  void spent(long request, String label, long nanos);

  /**
   * Tells the listeners by what kind and number the user knows a request, e.g. launch 17, and when
   * it was planned; call before its first interval.
   */
  void begun(long request, String kind, long number, long plannedNanos);

  /** Tells the listeners what people call a task that works on nobody's behalf. */
  void named(long task, String name);

  /** The request is complete. Does nothing if it has no open interval. */
  void done(long request);

  /** Tells the listeners that a request passed a point. */
  void mark(long request, String label);

  void addListener(ProbeListener listener);

  /**
   * End of warm-up: time-weighted statistics start anew at this instant from the present state.
   * Open intervals stay open and are reported whole.
   */
  void resetStatistics();

  /** Live resources in order of registration. */
  Collection<Resource> resources();

  /** Levels in order of creation. */
  Collection<Level> levels();

  /** Totals per group, removed members included, in order of the groups' first registration. */
  List<ResourceStatistics> groups();

  /** Number of tasks in a queue now, over all resources. */
  long openWaits();

  /** Tells that listener of the open intervals as if they ended now; they stay open. */
  void openIntervals(ProbeListener listener);

  /** Number of requests with an open interval. */
  int openRequests();

  /** Who waits for what since when, held by whom: one line a waiter, in order of registration. */
  String waitReport();
}
