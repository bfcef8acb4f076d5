package dev.ksgx.kernel.daemon;

import dev.ksgx.protocol.message.DaemonMessage;

/** What the daemon counts, over all its lives. */
final class DaemonCounts {
  final TokenCache.Counts cache = new TokenCache.Counts();
  long requests;
  long tokens;
  long coalesced;
  long refused;
  long timeouts;
  long drops;
  long withdrawn;
  long resets;
  long starts;
  long builds;
  long lost;

  DaemonMessage.Counters told(long call) {
    return new DaemonMessage.Counters(
        call,
        requests,
        tokens,
        cache.hits,
        cache.misses,
        coalesced,
        cache.evicted,
        cache.expired,
        refused,
        timeouts,
        drops,
        withdrawn,
        resets,
        starts,
        builds,
        lost);
  }
}
