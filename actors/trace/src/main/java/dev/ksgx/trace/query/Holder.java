package dev.ksgx.trace.query;

/**
 * Who held what another waited for, or kept its maker busy.
 *
 * @param task that held it; 0 if no task is meant
 * @param name of the request on whose behalf, e.g. "launch 17"; "task 3 (ksgxswapd)" if nobody's
 * @param nanos how much of the wait it covers
 */
public record Holder(long task, String name, long nanos) {}
