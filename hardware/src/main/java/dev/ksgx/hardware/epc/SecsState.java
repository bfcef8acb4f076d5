package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.measure.MeasurementNode;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.Secs;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The SECS of one enclave: its page and what hardware hides beside it (isa.md 1.1) - EID, child
 * count, running measurement, tracking. ECREATE makes it, EINIT completes it once.
 */
public final class SecsState {
  /**
   * What EINIT adds.
   *
   * @param image the SECS with identity and INIT
   * @param isvFamilyId 16 bytes
   * @param isvExtProdId 16 bytes
   * @param padding 352 bytes, the padding of the verified signature
   */
  public record Launched(Secs image, Bytes isvFamilyId, Bytes isvExtProdId, Bytes padding) {}

  private final int frame;
  private final long eid;
  private final Secs created;
  private final long baseAddress;
  private final long sizeBytes;
  private final AtomicInteger children = new AtomicInteger();
  private final TrackingState tracking = new TrackingState();
  private volatile MeasurementNode measurement;
  private volatile Launched launched;

  /** An enclave without pages, as ECREATE leaves it. */
  public SecsState(int frame, long eid, Secs created, MeasurementNode measurement) {
    this.frame = frame;
    this.eid = eid;
    this.created = created;
    this.baseAddress = created.baseAddress();
    this.sizeBytes = created.sizeBytes();
    this.measurement = measurement;
  }

  /** The frame that holds the SECS. */
  public int frame() {
    return frame;
  }

  /** Unique number of the enclave since reset. */
  public long eid() {
    return eid;
  }

  /** The page as it is now. */
  public Secs image() {
    Launched done = launched;
    return done == null ? created : done.image();
  }

  /** ATTRIBUTES as they are now. */
  public Attributes attributes() {
    return image().attributes();
  }

  /** Whether {@code linear} lies in ELRANGE. */
  public boolean covers(long linear) {
    return Long.compareUnsigned(linear - baseAddress, sizeBytes) < 0;
  }

  /** First linear address of ELRANGE. */
  public long baseAddress() {
    return baseAddress;
  }

  /** Whether EINIT succeeded. */
  public boolean initialised() {
    return launched != null;
  }

  /** What EINIT added, or null before. */
  public Launched launched() {
    return launched;
  }

  /** EINIT succeeded. The caller holds group B. */
  public void launch(Launched result) {
    launched = result;
  }

  /** The measurement so far. */
  public MeasurementNode measurement() {
    return measurement;
  }

  /** The measurement went on. The caller holds group B. */
  public void measured(MeasurementNode next) {
    measurement = next;
  }

  /**
   * Pages in the EPC that this SECS owns, those that a leaf is just adding or removing included.
   */
  public int children() {
    return children.get();
  }

  /** One more page. */
  public void addChild() {
    children.incrementAndGet();
  }

  /** One page less. */
  public void removeChild() {
    children.decrementAndGet();
  }

  /** Who is inside. */
  public TrackingState tracking() {
    return tracking;
  }
}
