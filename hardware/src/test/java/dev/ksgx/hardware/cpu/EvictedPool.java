package dev.ksgx.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Bytes;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Evicted pages that the threads of the random walk share. A page that was loaded may stay in the
 * pool, and then no thread may load it again: each eviction comes back at most once.
 */
final class EvictedPool {
  private static final int PLACES = 48;

  /** A page with the slot of its version, the frame it was in and its enclave. */
  record Out(EvictedPage page, long slot, int frame, long eid) {}

  private final AtomicReferenceArray<Out> places = new AtomicReferenceArray<>(PLACES);
  private final Set<Bytes> loaded = ConcurrentHashMap.newKeySet();

  void add(SplittableRandom random, Out out) {
    places.set(random.nextInt(PLACES), out);
  }

  /** Some page, or null; it stays in the pool. */
  Out any(SplittableRandom random) {
    return places.get(random.nextInt(PLACES));
  }

  /** A load has succeeded. Versions are unique, so that MACs are. */
  void loaded(EvictedPage page) {
    assertThat(loaded.add(page.pcmd().mac())).as("an eviction comes back once").isTrue();
  }

  int loads() {
    return loaded.size();
  }
}
