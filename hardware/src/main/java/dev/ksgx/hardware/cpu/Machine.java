package dev.ksgx.hardware.cpu;

import dev.ksgx.hardware.crypto.KeyDerivation;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.launch.MsrScope;
import dev.ksgx.hardware.measure.MeasurementTrie;
import dev.ksgx.hardware.platform.PackageRegisters;
import dev.ksgx.hardware.structure.Bytes;
import java.util.concurrent.atomic.AtomicLong;

/** One SGX machine: a package of logical processors and the EPC they share. */
public final class Machine {
  private final MachineConfig config;
  private final Epc epc;
  private final PackageRegisters registers;
  private final MeasurementTrie measurements = new MeasurementTrie();
  private final AtomicLong conflicts = new AtomicLong();
  private final LogicalProcessor[] processors;
  private volatile long powerLosses;
  private final LaunchControlMsrs[] msrs;

  private Machine(MachineConfig config) {
    this.config = config;
    this.epc = new Epc(config.sections());
    this.registers =
        new PackageRegisters(
            new KeyDerivation(config.keyLayout(), config.deviceRoot()),
            config.cpuSvn(),
            config.sealFuses(),
            config.reportKeyId(),
            config.basePk(),
            config.ownerEpoch());
    this.processors = new LogicalProcessor[config.processors()];
    int scope = config.msrScope() == MsrScope.PER_CORE ? config.threadsPerCore() : 1;
    this.msrs = new LaunchControlMsrs[processors.length / scope];
    for (int i = 0; i < msrs.length; i++) {
      msrs[i] =
          new LaunchControlMsrs(
              config.cpuid(), registers, config.featureControl(), config.launchHash());
    }
    for (int i = 0; i < processors.length; i++) {
      processors[i] = new LogicalProcessor(this, i, msrs[i / scope]);
    }
  }

  /** A machine after reset: nothing in the EPC, MSRs as firmware left them. */
  public static Machine create(MachineConfig config) {
    return new Machine(config);
  }

  /** What the machine is made of. */
  public MachineConfig config() {
    return config;
  }

  /** The EPC. */
  public Epc epc() {
    return epc;
  }

  /** Number of logical processors. */
  public int processors() {
    return processors.length;
  }

  /**
   * A logical processor, to be used by one thread at a time.
   *
   * @throws IndexOutOfBoundsException if there is no such processor
   */
  public LogicalProcessor processor(int index) {
    return processors[index];
  }

  /** How often the power went since the machine was made. */
  public long powerLosses() {
    return powerLosses;
  }

  /**
   * S3, hibernation or power off, and reset by firmware as at boot (isa.md 6.5, 6.6): every EPCM
   * entry is invalid, contents and version arrays are gone, BASE_PK is new, versions and EIDs begin
   * anew, and the MSRs are again as firmware left them. Owner epoch, fuses, CPUSVN and REPORT_KEYID
   * stay. Nothing else may use the machine meanwhile.
   *
   * @throws IllegalStateException if a processor is inside an enclave or in the middle of a leaf;
   *     nothing has changed then
   */
  public void losePower() {
    for (LogicalProcessor processor : processors) {
      processor.requireIdle();
    }
    powerLosses++;
    epc.epcm().clear();
    registers.powerCycle();
    for (LaunchControlMsrs each : msrs) {
      each.reset();
    }
    for (LogicalProcessor processor : processors) {
      processor.reset();
    }
  }

  /**
   * Microcode is loaded: CPUSVN is {@code cpuSvn} on all processors from now on, while enclaves run
   * on. Keys are those of the CPUSVN that a request names, so seals and tokens stay what they are;
   * EGETKEY and EINIT refuse a CPUSVN that lies beyond the new one (isa.md 6.1 step 18, 7.1), and
   * that is how an EINITTOKEN becomes void: not by an update to a higher CPUSVN, but by one to a
   * lower or an unrelated one. MODEL: EUPDATESVN, the documented way, wants an empty EPC (isa.md
   * 3.3); the load of microcode under running enclaves is that of the time before it.
   *
   * @param cpuSvn 16 bytes, each a counter of its own
   * @throws IllegalArgumentException if it has another length
   */
  public void updateMicrocode(Bytes cpuSvn) {
    if (cpuSvn.length() != registers.cpuSvn().length()) {
      throw new IllegalArgumentException(
          "CPUSVN of " + cpuSvn.length() + " bytes, expected " + registers.cpuSvn().length());
    }
    registers.updateMicrocode(cpuSvn);
  }

  /** CPUSVN now, 16 bytes; {@link MachineConfig#cpuSvn()} is what it was at reset. */
  public Bytes cpuSvn() {
    return registers.cpuSvn();
  }

  /** Leaves so far that ended in a conflict of isa.md 3.2; 0 under a correct driver. */
  public long conflicts() {
    return conflicts.get();
  }

  PackageRegisters registers() {
    return registers;
  }

  MeasurementTrie measurements() {
    return measurements;
  }

  void countConflict() {
    conflicts.incrementAndGet();
  }
}
