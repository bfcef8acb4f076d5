package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.measure.MeasurementNode;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EvictedSecs;
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

  /**
   * The enclave of an SECS that comes back from outside, without pages and with nobody inside.
   *
   * @param running a measurement that {@link #belongs} to it
   */
  static SecsState reloaded(int frame, EvictedSecs page, MeasurementNode running) {
    Secs secs = page.secs();
    SecsState state = new SecsState(frame, page.eid(), secs, running);
    if (secs.attributes().has(Attributes.INIT)) {
      state.launch(new Launched(secs, page.isvFamilyId(), page.isvExtProdId(), page.padding()));
    }
    return state;
  }

  /**
   * Whether {@code running} is the measurement of the SECS in this page: the one that the page
   * names, or any, even null, once it was initialised and measures no more.
   */
  public static boolean belongs(MeasurementNode running, EvictedSecs page) {
    return page.secs().attributes().has(Attributes.INIT)
        || running != null
            && running.blocks() == page.measuredBlocks()
            && running.mrenclave().equals(page.measurement());
  }

  /** The page with its hidden fields; nobody is inside and no page of the enclave in the EPC. */
  public EvictedSecs evicted() {
    Launched done = launched;
    EvictedSecs.Builder page = EvictedSecs.builder(image()).eid(eid);
    if (done == null) {
      MeasurementNode running = measurement;
      return page.measuredBlocks(running.blocks()).measurement(running.mrenclave()).build();
    }
    return page.isvFamilyId(done.isvFamilyId())
        .isvExtProdId(done.isvExtProdId())
        .padding(done.padding())
        .build();
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

  /** The measurement so far; null after an initialised SECS came back from outside. */
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
