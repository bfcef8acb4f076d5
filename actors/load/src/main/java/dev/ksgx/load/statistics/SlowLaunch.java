package dev.ksgx.load.statistics;

import java.util.SortedMap;

/**
 * A launch that took long.
 *
 * @param number unique in the run
 * @param plannedNanos since boot
 * @param latencyNanos planned start to end
 * @param latenessNanos planned start to start
 * @param spent the rest of its time, by what it was spent on ({@link Breakdown})
 */
public record SlowLaunch(
    long number,
    long plannedNanos,
    long latencyNanos,
    long latenessNanos,
    SortedMap<String, Long> spent) {}
