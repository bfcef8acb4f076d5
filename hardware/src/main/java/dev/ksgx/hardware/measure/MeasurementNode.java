package dev.ksgx.hardware.measure;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A state that the measurement of some enclave reached: immutable to its users, shared by all
 * enclaves that took the same steps. A step returns the node that follows.
 */
public final class MeasurementNode {
  private static final VarHandle ONLY;
  private static final VarHandle OTHERS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ONLY = lookup.findVarHandle(MeasurementNode.class, "only", Branch.class);
      OTHERS = lookup.findVarHandle(MeasurementNode.class, "others", ConcurrentHashMap.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MeasurementTrie.Room room;

  /** Never changed once the node is built. */
  private final Measurement state;

  /** The first step ever taken from here: for most nodes also the last. */
  private volatile Branch only;

  /** All further steps; made when a second one is taken. */
  private volatile ConcurrentHashMap<Edge, MeasurementNode> others;

  private Bytes mrenclave;

  MeasurementNode(MeasurementTrie.Room room, Measurement state) {
    this.room = room;
    this.state = state;
  }

  /** See {@link Measurement#eadd}. */
  public MeasurementNode eadd(long offset, SecInfo secInfo) {
    return step(new Edge(offset, secInfo, null, 0));
  }

  /** See {@link Measurement#eextend}. */
  public MeasurementNode eextend(long offset, Bytes page, int pageOffset) {
    Measurement.checkChunk(pageOffset);
    Bytes chunk = page.slice(pageOffset, Measurement.CHUNK);
    return step(new Edge(offset + pageOffset, null, chunk, 0));
  }

  /** See {@link Measurement#addPage}: one step for a whole page. */
  public MeasurementNode addPage(long offset, SecInfo secInfo, Bytes page, int mask) {
    return step(new Edge(offset, secInfo, mask == 0 ? null : page, mask));
  }

  /** Number of 64-byte blocks absorbed so far. */
  public long blocks() {
    return state.blocks();
  }

  /** MRENCLAVE of an enclave that is initialised in this state; computed once. */
  public Bytes mrenclave() {
    Bytes known = mrenclave;
    if (known == null) {
      known = state.finish();
      mrenclave = known;
    }
    return known;
  }

  private MeasurementNode step(Edge edge) {
    Branch first = only;
    if (first != null && first.edge.equals(edge)) {
      return first.next;
    }
    ConcurrentHashMap<Edge, MeasurementNode> more = others;
    if (more != null) {
      MeasurementNode next = more.get(edge);
      if (next != null) {
        return next;
      }
    }
    return remember(edge, follow(edge));
  }

  private MeasurementNode follow(Edge edge) {
    Measurement next = state.copy();
    if (edge.secInfo == null) {
      next.absorbChunk(edge.offset, edge.content);
    } else {
      Bytes content = edge.content == null ? Bytes.zeros(0) : edge.content;
      next.addPage(edge.offset, edge.secInfo, content, edge.mask);
    }
    room.countHashed();
    return new MeasurementNode(room, next);
  }

  /** Keeps {@code next} if the tree has room; of two threads that came together one node stays. */
  private MeasurementNode remember(Edge edge, MeasurementNode next) {
    if (!room.take()) {
      return next;
    }
    if (only == null && ONLY.compareAndSet(this, null, new Branch(edge, next))) {
      return next;
    }
    if (only.edge.equals(edge)) {
      return only.next;
    }
    if (others == null) {
      OTHERS.compareAndSet(this, null, new ConcurrentHashMap<Edge, MeasurementNode>());
    }
    MeasurementNode earlier = others.putIfAbsent(edge, next);
    return earlier == null ? next : earlier;
  }

  private record Branch(Edge edge, MeasurementNode next) {}

  /**
   * One step: EADD with a mask ({@code secInfo} set; no content where the mask is 0, because then
   * the content is not measured), or one EEXTEND ({@code secInfo} null, offset and content those of
   * the chunk).
   */
  private record Edge(long offset, SecInfo secInfo, Bytes content, int mask) {}
}
