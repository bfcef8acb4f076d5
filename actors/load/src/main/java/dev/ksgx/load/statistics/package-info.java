/**
 * What a run measures: launches by outcome, latency distributions, use of resources, and the
 * operational laws that hold in every run or the run fails.
 *
 * <p>All times are nanoseconds of the modelled clock. Objects belong to one actor; none is shared.
 */
package dev.ksgx.load.statistics;
