package dev.ksgx.hardware.measure;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * All measurements ever made, as a tree of steps with one edge a page. An enclave walks it from its
 * root; a step that some enclave took before in the same place costs a comparison, any other is
 * hashed and remembered. Safe for many threads, without locks.
 *
 * <p>Memory is bounded: once a step finds no room among {@code maxNodes}, the next enclave begins
 * an empty tree. Enclaves under construction keep the nodes they hold; what they still add to the
 * old tree is hashed but not remembered. A node leads to what follows it, never back, so the last
 * node of an enclave keeps nothing else alive. An edge keeps the page it was taken with: the bound
 * is about {@code maxNodes} times 4.5 KiB.
 */
public final class MeasurementTrie {
  /** Room for the pages of about a hundred images of 2 MiB: at most some 290 MiB. */
  public static final int DEFAULT_MAX_NODES = 1 << 16;

  private final int maxNodes;
  private final AtomicLong hashed = new AtomicLong();
  private final AtomicReference<Tree> current;

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
    this.current = new AtomicReference<>(emptyTree());
  }

  /** The state after ECREATE; see {@link Measurement#ecreate}. */
  public MeasurementNode root(int ssaFrameSize, long sizeBytes) {
    Tree tree = currentTree();
    Root key = new Root(ssaFrameSize, sizeBytes);
    MeasurementNode known = tree.roots.get(key);
    if (known != null) {
      return known;
    }
    MeasurementNode fresh =
        new MeasurementNode(tree.room, Measurement.ecreate(ssaFrameSize, sizeBytes));
    if (!tree.room.take()) {
      return fresh;
    }
    MeasurementNode earlier = tree.roots.putIfAbsent(key, fresh);
    return earlier == null ? fresh : earlier;
  }

  /** Steps that had to be hashed, ever. */
  long hashedSteps() {
    return hashed.get();
  }

  /** Steps remembered now. */
  int rememberedNodes() {
    return current.get().room.taken.get();
  }

  private Tree currentTree() {
    Tree tree = current.get();
    if (tree.room.refused) {
      current.compareAndSet(tree, emptyTree());
      tree = current.get();
    }
    return tree;
  }

  private Tree emptyTree() {
    return new Tree(new Room(maxNodes, hashed), new ConcurrentHashMap<>());
  }

  private record Root(int ssaFrameSize, long sizeBytes) {}

  private record Tree(Room room, ConcurrentHashMap<Root, MeasurementNode> roots) {}

  /** The places of one tree. All its nodes hold it, and it holds none of them. */
  static final class Room {
    private final int places;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicLong hashed;
    private volatile boolean refused;

    private Room(int places, AtomicLong hashed) {
      this.places = places;
      this.hashed = hashed;
    }

    /** Takes a place for one node, if there is one. */
    boolean take() {
      if (taken.getAndUpdate(n -> Math.min(n + 1, places)) < places) {
        return true;
      }
      refused = true;
      return false;
    }

    void countHashed() {
      hashed.incrementAndGet();
    }
  }
}
