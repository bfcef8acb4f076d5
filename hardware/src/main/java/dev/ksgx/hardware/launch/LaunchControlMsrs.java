package dev.ksgx.hardware.launch;

import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.platform.PackageRegisters;
import dev.ksgx.hardware.structure.Bytes;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The SGX MSRs of one thread or core, with their write rules (isa.md 6.5). The owner epoch and
 * whether SGX was used belong to the package; all others are of this scope.
 */
public final class LaunchControlMsrs {
  /** IA32_FEATURE_CONTROL. */
  public static final int FEATURE_CONTROL = 0x3a;

  /** IA32_SGXLEPUBKEYHASH0; 1 to 3 follow. */
  public static final int LE_PUBKEY_HASH0 = 0x8c;

  /** IA32_SGXOWNEREPOCH0; 1 follows. */
  public static final int OWNER_EPOCH0 = 0x300;

  /** IA32_SGX_SVN_STATUS. */
  public static final int SVN_STATUS = 0x500;

  /** FEATURE_CONTROL bit: no more writes until reset. */
  public static final long LOCK = 1;

  /** FEATURE_CONTROL bit: the hash MSRs may be written. */
  public static final long LAUNCH_CONTROL_ENABLE = 1 << 17;

  /** FEATURE_CONTROL bit: SGX is on. */
  public static final long SGX_ENABLE = 1 << 18;

  /** Hash of the key of Intel's launch enclave: reset value of the hash MSRs, 32 bytes. */
  public static final Bytes INTEL_HASH =
      Bytes.fromHex("acb77012053e05a63d413b8bbae8fb6c5d73b3f2996d91c43bbbf90959c0f8d4");

  private static final int WORDS = 4;

  private final Cpuid cpuid;
  private final PackageRegisters registers;
  private final long firmwareControl;
  private final Bytes firmwareHash;
  private final AtomicLong featureControl = new AtomicLong();
  private final AtomicLongArray hash = new AtomicLongArray(WORDS);

  /**
   * @param featureControl value firmware left in IA32_FEATURE_CONTROL
   * @param hash value firmware left in the hash MSRs, 32 bytes
   */
  public LaunchControlMsrs(
      Cpuid cpuid, PackageRegisters registers, long featureControl, Bytes hash) {
    this.cpuid = cpuid;
    this.registers = registers;
    this.firmwareControl = featureControl;
    this.firmwareHash = hash;
    reset();
  }

  /** A reset, and firmware that leaves what it left before. */
  public void reset() {
    featureControl.set(firmwareControl);
    for (int i = 0; i < WORDS; i++) {
      hash.set(i, firmwareHash.u64(8 * i));
    }
  }

  /** RDMSR. */
  public MsrResult read(int msr) {
    if (msr == FEATURE_CONTROL) {
      return MsrResult.done(featureControl.get());
    }
    if (isHash(msr)) {
      return cpuid.launchControl()
          ? MsrResult.done(hash.get(msr - LE_PUBKEY_HASH0))
          : MsrResult.gp("the hash MSRs exist only with CPUID.7.0:ECX.SGX_LC");
    }
    if (msr == SVN_STATUS) {
      return MsrResult.done(registers.sgxUsed() ? 1 : 0);
    }
    return MsrResult.gp(
        isOwnerEpoch(msr) ? "IA32_SGXOWNEREPOCH is write-only" : "no such MSR of SGX");
  }

  /** WRMSR. */
  public MsrResult write(int msr, long value) {
    if (msr == FEATURE_CONTROL) {
      return writeFeatureControl(value);
    }
    if (isHash(msr)) {
      return writeHash(msr - LE_PUBKEY_HASH0, value);
    }
    if (isOwnerEpoch(msr)) {
      if (registers.sgxUsed()) {
        return MsrResult.gp("IA32_SGXOWNEREPOCH may be written only before SGX is used");
      }
      registers.writeOwnerEpoch(msr - OWNER_EPOCH0, value);
      return MsrResult.done(value);
    }
    return MsrResult.gp(
        msr == SVN_STATUS ? "IA32_SGX_SVN_STATUS is read-only" : "no such MSR of SGX");
  }

  /** Whether LOCK and SGX_ENABLE are set, without which every leaf faults. */
  public boolean sgxEnabled() {
    return hasAll(featureControl.get(), LOCK | SGX_ENABLE);
  }

  /** The hash in byte order, 32 bytes, as an MRSIGNER reads. */
  public Bytes hash() {
    byte[] bytes = new byte[8 * WORDS];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (hash.get(i / 8) >>> 8 * (i % 8));
    }
    return Bytes.copyOf(bytes);
  }

  private MsrResult writeFeatureControl(long value) {
    while (true) {
      long old = featureControl.get();
      if ((old & LOCK) != 0) {
        return MsrResult.gp("IA32_FEATURE_CONTROL is locked until reset");
      }
      if (featureControl.compareAndSet(old, value)) {
        return MsrResult.done(value);
      }
    }
  }

  private MsrResult writeHash(int word, long value) {
    if (!cpuid.launchControl()) {
      return MsrResult.gp("the hash MSRs exist only with CPUID.7.0:ECX.SGX_LC");
    }
    if (!hasAll(featureControl.get(), LOCK | LAUNCH_CONTROL_ENABLE)) {
      return MsrResult.gp("the hash MSRs may be written only with LOCK and launch-control enable");
    }
    hash.set(word, value);
    return MsrResult.done(value);
  }

  private static boolean hasAll(long value, long bits) {
    return (value & bits) == bits;
  }

  private static boolean isHash(int msr) {
    return msr >= LE_PUBKEY_HASH0 && msr < LE_PUBKEY_HASH0 + WORDS;
  }

  private static boolean isOwnerEpoch(int msr) {
    return msr == OWNER_EPOCH0 || msr == OWNER_EPOCH0 + 1;
  }
}
