package dev.ksgx.hardware.platform;

import dev.ksgx.hardware.crypto.KeyDerivation;
import dev.ksgx.hardware.structure.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The registers and secrets that all logical processors of a package share (isa.md 1.16): CPUSVN,
 * SGXOWNEREPOCH, NEXT_EID, PAGING_VERSION, BASE_PK, SEAL_FUSES, REPORT_KEYID and the device root
 * inside {@link #keyDerivation()}.
 */
public final class PackageRegisters {
  /**
   * A debugger sees of a slot in a version array only whether bits 63..3 are zero, so a version
   * that shows there is a multiple of 8.
   */
  private static final long VERSION_STEP = 8;

  private static final long FIRST_EID = 1;
  private static final Bytes POWER_CYCLE =
      Bytes.copyOf("ksgx power cycle".getBytes(StandardCharsets.US_ASCII));

  private final KeyDerivation keyDerivation;
  private final Bytes sealFuses;
  private final Bytes reportKeyId;
  private final AtomicLong pagingVersion = new AtomicLong();
  private final AtomicLong nextEid = new AtomicLong(FIRST_EID);
  private final AtomicReference<Bytes> ownerEpoch;
  private volatile Bytes cpuSvn;
  private volatile Bytes basePk;
  private volatile boolean sgxUsed;

  /**
   * @param cpuSvn 16 bytes
   * @param sealFuses 16 bytes
   * @param reportKeyId 32 bytes
   * @param basePk 16 bytes
   * @param ownerEpoch 16 bytes, what firmware left in the two MSRs
   */
  public PackageRegisters(
      KeyDerivation keyDerivation,
      Bytes cpuSvn,
      Bytes sealFuses,
      Bytes reportKeyId,
      Bytes basePk,
      Bytes ownerEpoch) {
    this.keyDerivation = keyDerivation;
    this.cpuSvn = cpuSvn;
    this.sealFuses = sealFuses;
    this.reportKeyId = reportKeyId;
    this.basePk = basePk;
    this.ownerEpoch = new AtomicReference<>(ownerEpoch);
  }

  /** How this package turns key dependencies into keys. */
  public KeyDerivation keyDerivation() {
    return keyDerivation;
  }

  /** Security version of the processor, 16 bytes. */
  public Bytes cpuSvn() {
    return cpuSvn;
  }

  /** The processor's security version is {@code newCpuSvn} from now on, 16 bytes. */
  public void updateMicrocode(Bytes newCpuSvn) {
    cpuSvn = newCpuSvn;
  }

  /** SEAL_FUSES, 16 bytes. */
  public Bytes sealFuses() {
    return sealFuses;
  }

  /** REPORT_KEYID, 32 bytes. */
  public Bytes reportKeyId() {
    return reportKeyId;
  }

  /**
   * Power was lost: BASE_PK is another one, derived from the last since the model has no chance of
   * its own, and what counts since reset begins anew.
   */
  public void powerCycle() {
    basePk = Bytes.concat(basePk, POWER_CYCLE).sha256().slice(0, basePk.length());
    pagingVersion.set(0);
    nextEid.set(FIRST_EID);
    sgxUsed = false;
  }

  /** CR_BASE_PK, the key of page encryption until power is lost, 16 bytes. */
  public Bytes basePk() {
    return basePk;
  }

  /** A version that no page had since reset; never 0. */
  public long takeVersion() {
    return pagingVersion.addAndGet(VERSION_STEP);
  }

  /** SGXOWNEREPOCH, 16 bytes. */
  public Bytes ownerEpoch() {
    return ownerEpoch.get();
  }

  /** Replaces 64-bit word {@code word} (0 or 1) of SGXOWNEREPOCH. */
  public void writeOwnerEpoch(int word, long value) {
    byte[] le = new byte[8];
    for (int i = 0; i < 8; i++) {
      le[i] = (byte) (value >>> 8 * i);
    }
    ownerEpoch.updateAndGet(epoch -> epoch.with(8 * word, Bytes.copyOf(le)));
  }

  /** A number no enclave had since reset. */
  public long takeEid() {
    return nextEid.getAndIncrement();
  }

  /** A leaf of SGX ran without a fault. */
  public void markSgxUsed() {
    if (!sgxUsed) {
      sgxUsed = true;
    }
  }

  /** Whether a leaf of SGX ran without a fault since reset. */
  public boolean sgxUsed() {
    return sgxUsed;
  }
}
