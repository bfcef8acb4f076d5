package dev.ksgx.runtime.probe;

/**
 * Statistics of a resource, or of all resources a group ever had, over a window that began at the
 * last reset (or at registration).
 *
 * @param name of the resource or group
 * @param resources how many resources these figures cover
 * @param capacityNanos integral of the capacity over the window, in server-nanoseconds
 * @param busyNanos integral of min(holders, capacity), in server-nanoseconds
 * @param holdNanos integral of the number of holders, in task-nanoseconds
 * @param queueNanos integral of the queue length, in task-nanoseconds; a wait open now counts up to
 *     now
 * @param heldNanos sum over the holders of what of each hold lies in the window; the same as {@code
 *     holdNanos} by another account (utilisation law)
 * @param waitedNanos sum over the waiters of what of each wait lies in the window; the same as
 *     {@code queueNanos} by another account (Little's law)
 * @param elapsedNanos length of the window, summed over the resources covered
 * @param maxQueue longest queue seen at one resource
 * @param acquisitions grants, after a wait or without one
 * @param waits waits that ended in the window, by a grant or by leaving
 * @param waitNanos total length of those waits, each counted whole
 * @param abandoned waits that ended by leaving
 */
public record ResourceStatistics(
    String name,
    long resources,
    long capacityNanos,
    long busyNanos,
    long holdNanos,
    long queueNanos,
    long heldNanos,
    long waitedNanos,
    long elapsedNanos,
    int maxQueue,
    long acquisitions,
    long waits,
    long waitNanos,
    long abandoned) {

  static ResourceStatistics none(String name) {
    return new ResourceStatistics(name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** Busy share of the capacity, 0 to 1. */
  public double utilisation() {
    return capacityNanos == 0 ? 0 : (double) busyNanos / capacityNanos;
  }

  /** Time-weighted mean queue length; of a group, the mean over its resources' lifetimes. */
  public double meanQueue() {
    return elapsedNanos == 0 ? 0 : (double) queueNanos / elapsedNanos;
  }

  /** Mean length of a wait that ended, in nanoseconds; 0 if none did. */
  public double meanWaitNanos() {
    return waits == 0 ? 0 : (double) waitNanos / waits;
  }

  ResourceStatistics plus(ResourceStatistics other) {
    return new ResourceStatistics(
        name,
        resources + other.resources,
        capacityNanos + other.capacityNanos,
        busyNanos + other.busyNanos,
        holdNanos + other.holdNanos,
        queueNanos + other.queueNanos,
        heldNanos + other.heldNanos,
        waitedNanos + other.waitedNanos,
        elapsedNanos + other.elapsedNanos,
        Math.max(maxQueue, other.maxQueue),
        acquisitions + other.acquisitions,
        waits + other.waits,
        waitNanos + other.waitNanos,
        abandoned + other.abandoned);
  }
}
