package dev.ksgx.hardware.cpu;

import dev.ksgx.hardware.crypto.KeyLayout;
import dev.ksgx.hardware.crypto.SdkSimulation;
import dev.ksgx.hardware.epc.Section;
import dev.ksgx.hardware.epc.TrackingState;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.launch.MsrScope;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.structure.Bytes;
import java.util.ArrayList;
import java.util.List;

/** What a machine is made of. Immutable; {@link #builder()} starts with a small client machine. */
public record MachineConfig(
    int processors,
    int threadsPerCore,
    List<Section> sections,
    Cpuid cpuid,
    MsrScope msrScope,
    KeyLayout keyLayout,
    EpcmViolation epcmViolation,
    long featureControl,
    Bytes launchHash,
    Bytes deviceRoot,
    Bytes ownerEpoch,
    Bytes cpuSvn,
    Bytes sealFuses,
    Bytes reportKeyId,
    Bytes basePk) {

  /** The usable EPC of a client machine with 128 MiB of reserved memory, bytes: 93.5 MiB. */
  public static final long CLIENT_EPC_BYTES = 187L << 19;

  private static final long CLIENT_EPC_BASE = 0x8020_0000L;

  /** Four processors, 93.5 MiB of EPC, launch control unlocked with Intel's hash in the MSRs. */
  public static Builder builder() {
    return new Builder();
  }

  /** Sets parts by name. */
  public static final class Builder {
    private int processors = 4;
    private int threadsPerCore = 1;
    private final List<Section> sections = new ArrayList<>();
    private Cpuid cpuid = Cpuid.client2017();
    private MsrScope msrScope = MsrScope.PER_THREAD;
    private KeyLayout keyLayout = KeyLayout.MODEL;
    private EpcmViolation epcmViolation = EpcmViolation.PF;
    private long featureControl =
        LaunchControlMsrs.LOCK
            | LaunchControlMsrs.LAUNCH_CONTROL_ENABLE
            | LaunchControlMsrs.SGX_ENABLE;
    private Bytes launchHash = LaunchControlMsrs.INTEL_HASH;
    private Bytes deviceRoot = label("device root");
    private Bytes ownerEpoch = Bytes.zeros(16);
    private Bytes cpuSvn = Bytes.fromHex("02070000000000000000000000000000");
    private Bytes sealFuses = label("seal fuses");
    private Bytes reportKeyId = ascii("ksgx model REPORT_KEYID").sha256();

    private Bytes basePk = label("BASE_PK");

    private Builder() {}

    /** Logical processors, 1..{@link TrackingState#MAX_THREADS}. */
    public Builder processors(int value) {
      processors = value;
      return this;
    }

    /** Logical processors of one core; processors 0 to n-1 are core 0. */
    public Builder threadsPerCore(int value) {
      threadsPerCore = value;
      return this;
    }

    /** Adds an EPC section; without any the machine has {@link #CLIENT_EPC_BYTES}. */
    public Builder section(long baseAddress, long bytes) {
      sections.add(new Section(baseAddress, bytes));
      return this;
    }

    /** One EPC section of this size at a fixed address. */
    public Builder epcBytes(long bytes) {
      sections.clear();
      return section(CLIENT_EPC_BASE, bytes);
    }

    /** Features and limits. */
    public Builder cpuid(Cpuid value) {
      cpuid = value;
      return this;
    }

    /** Who shares launch-control MSRs. */
    public Builder msrScope(MsrScope value) {
      msrScope = value;
      return this;
    }

    /**
     * How keys are made. {@link KeyLayout#SDK_SIMULATION} also sets owner epoch, CPUSVN and
     * REPORT_KEYID to the simulation's; set others afterwards.
     */
    public Builder keyLayout(KeyLayout value) {
      keyLayout = value;
      if (value == KeyLayout.SDK_SIMULATION) {
        ownerEpoch = SdkSimulation.OWNER_EPOCH;
        cpuSvn = SdkSimulation.DEFAULT_CPUSVN;
        reportKeyId = SdkSimulation.REPORT_KEYID;
      }
      return this;
    }

    /** How EPCM violations arrive. */
    public Builder epcmViolation(EpcmViolation value) {
      epcmViolation = value;
      return this;
    }

    /** IA32_FEATURE_CONTROL as firmware left it: bits of {@link LaunchControlMsrs}. */
    public Builder featureControl(long value) {
      featureControl = value;
      return this;
    }

    /** Firmware locked launch control: the hash MSRs keep {@link #launchHash(Bytes)}. */
    public Builder launchControlLocked() {
      return featureControl(LaunchControlMsrs.LOCK | LaunchControlMsrs.SGX_ENABLE);
    }

    /** IA32_SGXLEPUBKEYHASH as firmware left it, in byte order, 32 bytes. */
    public Builder launchHash(Bytes value) {
      launchHash = sized("launch hash", value, 32);
      return this;
    }

    /** Secret of the device, 16 bytes. */
    public Builder deviceRoot(Bytes value) {
      deviceRoot = sized("device root", value, 16);
      return this;
    }

    /** SGXOWNEREPOCH, 16 bytes. */
    public Builder ownerEpoch(Bytes value) {
      ownerEpoch = sized("owner epoch", value, 16);
      return this;
    }

    /** CPUSVN, 16 bytes. */
    public Builder cpuSvn(Bytes value) {
      cpuSvn = sized("CPUSVN", value, 16);
      return this;
    }

    /** SEAL_FUSES, 16 bytes. */
    public Builder sealFuses(Bytes value) {
      sealFuses = sized("seal fuses", value, 16);
      return this;
    }

    /** REPORT_KEYID, 32 bytes. */
    public Builder reportKeyId(Bytes value) {
      reportKeyId = sized("REPORT_KEYID", value, 32);
      return this;
    }

    /** CR_BASE_PK, the key of page encryption until the next power cycle, 16 bytes. */
    public Builder basePk(Bytes value) {
      basePk = sized("BASE_PK", value, 16);
      return this;
    }

    /**
     * The machine as set so far.
     *
     * @throws IllegalArgumentException if there are no or too many processors, or threads per core
     *     do not divide them
     */
    public MachineConfig build() {
      if (processors < 1 || processors > TrackingState.MAX_THREADS) {
        throw new IllegalArgumentException(
            processors + " processors, expected 1.." + TrackingState.MAX_THREADS);
      }
      if (threadsPerCore < 1 || processors % threadsPerCore != 0) {
        throw new IllegalArgumentException(
            threadsPerCore + " threads per core do not divide " + processors + " processors");
      }
      if (sections.isEmpty()) {
        epcBytes(CLIENT_EPC_BYTES);
      }
      return new MachineConfig(
          processors,
          threadsPerCore,
          List.copyOf(sections),
          cpuid,
          msrScope,
          keyLayout,
          epcmViolation,
          featureControl,
          launchHash,
          deviceRoot,
          ownerEpoch,
          cpuSvn,
          sealFuses,
          reportKeyId,
          basePk);
    }

    private static Bytes label(String what) {
      return ascii("ksgx model " + what).sha256().slice(0, 16);
    }

    private static Bytes ascii(String text) {
      return Bytes.copyOf(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static Bytes sized(String what, Bytes value, int size) {
      if (value.length() != size) {
        throw new IllegalArgumentException(
            what + ": " + value.length() + " bytes, expected " + size);
      }
      return value;
    }
  }
}
