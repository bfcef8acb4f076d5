package dev.ksgx.load.statistics;

/**
 * How a resource, or a group of like resources, was used in the window.
 *
 * @param resource name of the resource or group
 * @param members resources the figures cover
 * @param shared all members were there during the whole window, so that one of them can bind the
 *     system; false for locks that come and go with an enclave
 * @param utilisation busy share, 0 to 1: of the whole pool for cores, of the busiest member for
 *     other shared resources, over their lifetimes for those that come and go
 * @param meanQueue tasks that wait at all members together, averaged over the window
 * @param maxQueue longest queue at one member
 * @param served grants in the window
 * @param busyNanos integral of busy servers over the window, in server-nanoseconds
 * @param waitNanos mean time from request to grant, over those that had to wait and those that had
 *     not
 */
public record Use(
    String resource,
    long members,
    boolean shared,
    double utilisation,
    double meanQueue,
    int maxQueue,
    long served,
    long busyNanos,
    double waitNanos) {}
