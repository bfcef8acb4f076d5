package dev.ksgx.hardware.measure;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All measurements ever made, as a tree of steps with one edge a page. An enclave walks it from its
 * root; a step that some enclave took before in the same place costs a comparison, any other is
 * hashed and remembered. Safe for many threads, without locks.
 *
 * <p>Memory is bounded: when {@code maxNodes} steps are remembered the trie forgets all of them and
 * begins a new generation. Enclaves under construction keep the nodes they hold; what they still
 * add to an old generation is hashed but not remembered. An edge keeps the page it was taken with,
 * so the bound is about {@code maxNodes} times 4.5 KiB.
 */
public final class MeasurementTrie {
  /** Room for the pages of about a hundred images of 2 MiB: at most some 290 MiB. */
  public static final int DEFAULT_MAX_NODES = 1 << 16;

  private final int maxNodes;
  private final ConcurrentHashMap<Root, MeasurementNode> roots = new ConcurrentHashMap<>();

  /** Generation in the high half, remembered nodes in the low half. */
  private final AtomicLong occupancy = new AtomicLong();

  private final AtomicLong hashed = new AtomicLong();

  public MeasurementTrie() {
    this(DEFAULT_MAX_NODES);
  }

  /**
   * A trie that remembers at most {@code maxNodes} steps.
   *
   * @throws IllegalArgumentException if that is not positive
   */
  public MeasurementTrie(int maxNodes) {
    if (maxNodes <= 0) {
      throw new IllegalArgumentException("maxNodes " + maxNodes + ", expected at least 1");
    }
    this.maxNodes = maxNodes;
  }

  /** The state after ECREATE; see {@link Measurement#ecreate}. */
  public MeasurementNode root(int ssaFrameSize, long sizeBytes) {
    Root key = new Root(ssaFrameSize, sizeBytes);
    long generation = occupancy.get() >>> 32;
    MeasurementNode known = roots.get(key);
    if (known != null && known.generation() == generation) {
      return known;
    }
    MeasurementNode fresh =
        new MeasurementNode(this, generation, Measurement.ecreate(ssaFrameSize, sizeBytes));
    // A root of a past generation can slip in beside the clearing; the newer one wins.
    return admits(generation)
        ? roots.merge(key, fresh, (a, b) -> a.generation() >= b.generation() ? a : b)
        : fresh;
  }

  /** Whether a node of {@code generation} may be remembered; if so it is counted. */
  boolean admits(long generation) {
    while (true) {
      long seen = occupancy.get();
      if (seen >>> 32 != generation) {
        return false;
      }
      if ((int) seen == maxNodes) {
        if (occupancy.compareAndSet(seen, (generation + 1) << 32)) {
          roots.clear();
        }
        return false;
      }
      if (occupancy.compareAndSet(seen, seen + 1)) {
        return true;
      }
    }
  }

  void countHashed() {
    hashed.incrementAndGet();
  }

  /** Steps that had to be hashed, ever. */
  long hashedSteps() {
    return hashed.get();
  }

  /** Steps remembered now. */
  int rememberedNodes() {
    return occupancy.intValue();
  }

  private record Root(int ssaFrameSize, long sizeBytes) {}
}
