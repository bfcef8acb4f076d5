package dev.ksgx.kernel.daemon;

import dev.ksgx.hardware.structure.Bytes;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tokens by what they depend on. The least recently used goes when there is no room; one that has
 * become too old counts as a miss and goes. Private state of whoever keeps it.
 */
final class TokenCache {
  private record Entry(Bytes token, long madeNanos) {}

  /** What one cache, or several together, have counted. */
  static final class Counts {
    long hits;
    long misses;
    long evicted;
    long expired;
  }

  private final Map<TokenKey, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final int capacity;
  private final long expiryNanos;
  private final Counts counts;

  /**
   * @param capacity tokens, from 1
   * @param expiryNanos how old a token may be; 0: as old as it likes
   * @param counts where hits and misses are counted
   */
  TokenCache(int capacity, long expiryNanos, Counts counts) {
    if (capacity < 1 || expiryNanos < 0) {
      throw new IllegalArgumentException("capacity " + capacity + ", expiry " + expiryNanos);
    }
    this.capacity = capacity;
    this.expiryNanos = expiryNanos;
    this.counts = counts;
  }

  /** The token, which is now the most recently used; null on a miss. */
  Bytes find(TokenKey key, long nowNanos) {
    Entry entry = entries.get(key);
    if (entry != null && isTooOld(entry, nowNanos)) {
      entries.remove(key);
      counts.expired++;
      entry = null;
    }
    if (entry == null) {
      counts.misses++;
      return null;
    }
    counts.hits++;
    return entry.token();
  }

  /** Keep a token that was just made, in place of the one under this key. */
  void keep(TokenKey key, Bytes token, long nowNanos) {
    entries.put(key, new Entry(token, nowNanos));
    if (entries.size() > capacity) {
      Iterator<TokenKey> leastRecent = entries.keySet().iterator();
      leastRecent.next();
      leastRecent.remove();
      counts.evicted++;
    }
  }

  int size() {
    return entries.size();
  }

  private boolean isTooOld(Entry entry, long nowNanos) {
    return expiryNanos > 0 && nowNanos - entry.madeNanos() >= expiryNanos;
  }
}
