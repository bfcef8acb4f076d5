package dev.ksgx.hardware.cpu;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.launch.MsrResult;
import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.leaf.ControlState;
import dev.ksgx.hardware.leaf.Egetkey;
import dev.ksgx.hardware.leaf.EnclaveEntry;
import dev.ksgx.hardware.leaf.EnclaveExit;
import dev.ksgx.hardware.leaf.EnclaveMode;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.Ereport;
import dev.ksgx.hardware.leaf.Leaf;
import dev.ksgx.hardware.leaf.LeafContext;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.MemoryAccess;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.measure.MeasurementTrie;
import dev.ksgx.hardware.paging.PageCipher;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.platform.PackageRegisters;
import dev.ksgx.hardware.structure.Bytes;

/**
 * One logical processor: it runs ENCLS and ENCLU leaves, RDMSR, WRMSR, CPUID, and the memory
 * accesses of the code it executes. Used by one thread at a time; only the EPC is shared.
 */
public final class LogicalProcessor {
  private final Machine machine;
  private final int index;
  private final LaunchControlMsrs msrs;
  private final LeafContext context = new Context();
  private PageCipher pageCipher;
  private ControlState control;
  private Translation translation;
  private EnclaveMode mode;
  private LeafInFlight inFlight;
  private boolean eventPending;
  private boolean conflictInjected;

  LogicalProcessor(Machine machine, int index, LaunchControlMsrs msrs) {
    this.machine = machine;
    this.index = index;
    this.msrs = msrs;
    reset();
  }

  /** Out of reset, with the modes and control registers of a kernel that is up. */
  void reset() {
    pageCipher = new PageCipher(machine.registers().basePk());
    control = new ControlState(true, true, true, machine.config().cpuid().settable().xfrm());
    translation = linear -> Translation.NOT_PRESENT;
    eventPending = false;
    conflictInjected = false;
  }

  /**
   * @throws IllegalStateException inside an enclave or in the middle of a leaf
   */
  void requireIdle() {
    if (mode != null) {
      throw new IllegalStateException("power loss with processor " + index + " inside an enclave");
    }
    if (inFlight() != null) {
      throw new IllegalStateException(
          "power loss with %s in flight on processor %d"
              .formatted(inFlight.result().leaf(), index));
    }
  }

  /** Number of this processor in its machine. */
  public int index() {
    return index;
  }

  /**
   * Begins an ENCLS leaf: its checks, its counts, its access words.
   *
   * @throws IllegalStateException if the leaf before still holds access words, or the processor is
   *     inside an enclave, where it is in user mode
   */
  public LeafInFlight begin(EnclsRequest request) {
    if (mode != null) {
      throw new IllegalStateException(
          request.leaf() + " on processor " + index + ", which is inside an enclave (CPL 3)");
    }
    if (inFlight != null && !inFlight.isOver()) {
      throw new IllegalStateException(
          inFlight.result().leaf() + " is still in flight on processor " + index);
    }
    LeafResult gate = gate(request.leaf());
    LeafInFlight begun = gate == null ? request.begin(context) : LeafInFlight.refused(gate);
    account(begun.result());
    inFlight = begun;
    return begun;
  }

  /** Begins and ends an ENCLS leaf. */
  public LeafResult run(EnclsRequest request) {
    LeafInFlight leaf = begin(request);
    leaf.end();
    return leaf.result();
  }

  /** The leaf that holds access words right now, or null. */
  public LeafInFlight inFlight() {
    return inFlight == null || inFlight.isOver() ? null : inFlight;
  }

  /**
   * EENTER.
   *
   * @param tcsLinear linear address of the TCS
   * @param aep where an asynchronous exit continues
   * @param pageTables page tables of the process, in use until it leaves
   */
  public LeafResult eenter(long tcsLinear, long aep, Translation pageTables) {
    return enter(Leaf.EENTER, tcsLinear, aep, pageTables);
  }

  /** ERESUME; parameters as for {@link #eenter}. */
  public LeafResult eresume(long tcsLinear, long aep, Translation pageTables) {
    return enter(Leaf.ERESUME, tcsLinear, aep, pageTables);
  }

  private LeafResult enter(Leaf leaf, long tcsLinear, long aep, Translation pageTables) {
    LeafResult gate = gate(leaf);
    if (gate == null && mode != null) {
      gate = LeafResult.gate(leaf, leaf + " runs outside enclaves");
    }
    if (gate != null) {
      return account(gate);
    }
    EnclaveEntry.Entry entry =
        EnclaveEntry.enter(context, leaf == Leaf.ERESUME, tcsLinear, aep, pageTables);
    mode = entry.mode();
    translation = pageTables;
    return account(entry.result());
  }

  /** EEXIT to the place the thread was entered from. */
  public LeafResult eexit() {
    return eexit(mode == null ? 0 : mode.tcs().aep());
  }

  /** EEXIT to {@code target}. */
  public LeafResult eexit(long target) {
    LeafResult gate = gate(Leaf.EEXIT);
    LeafResult result = gate == null ? EnclaveExit.eexit(mode, target) : gate;
    if (result.isOk()) {
      mode = null;
    }
    return account(result);
  }

  /**
   * An asynchronous exit by an interrupt or by an exception without error code.
   *
   * @return linear address of the TCS, which ERESUME needs
   * @throws IllegalStateException outside an enclave
   */
  public long aex(int vector) {
    return aex(vector, 0, 0);
  }

  /**
   * An asynchronous exit.
   *
   * @param vector of the event
   * @param errorCode of a fault, else 0
   * @param address CR2 of a page fault, else 0
   * @return linear address of the TCS, which ERESUME needs
   * @throws IllegalStateException outside an enclave
   */
  public long aex(int vector, int errorCode, long address) {
    if (mode == null) {
      throw new IllegalStateException("asynchronous exit outside an enclave");
    }
    long tcs = mode.tcsAddress();
    EnclaveExit.aex(machine.epc().epcm(), mode, vector, errorCode, address);
    mode = null;
    return tcs;
  }

  /** EGETKEY: KEYREQUEST at linear address {@code rbx}, 16 bytes for the key at {@code rcx}. */
  public LeafResult egetkey(long rbx, long rcx) {
    LeafResult gate = gate(Leaf.EGETKEY);
    return account(gate == null ? Egetkey.run(context, mode, rbx, rcx) : gate);
  }

  /**
   * EREPORT: TARGETINFO at linear address {@code rbx}, REPORTDATA at {@code rcx}, 432 bytes for the
   * REPORT at {@code rdx}.
   */
  public LeafResult ereport(long rbx, long rcx, long rdx) {
    LeafResult gate = gate(Leaf.EREPORT);
    return account(gate == null ? Ereport.run(context, mode, rbx, rcx, rdx) : gate);
  }

  /** Loads {@code length} bytes, all in one page. */
  public AccessResult load(long linear, int length) {
    return access(MemoryAccess.Kind.LOAD, linear, length, null);
  }

  /** Stores bytes, all in one page. */
  public AccessResult store(long linear, Bytes data) {
    return access(MemoryAccess.Kind.STORE, linear, data.length(), data);
  }

  /**
   * Loads, or stores to, a page without a look at its contents: every check is made, but a store
   * leaves the bytes as they are.
   */
  public AccessResult touch(long linear, boolean write) {
    MemoryAccess.Kind kind = write ? MemoryAccess.Kind.STORE : MemoryAccess.Kind.LOAD;
    return MemoryAccess.touch(machine.epc(), mode, translation, kind, linear);
  }

  /** Fetches an instruction byte. */
  public AccessResult fetch(long linear) {
    return access(MemoryAccess.Kind.FETCH, linear, 1, null);
  }

  private AccessResult access(MemoryAccess.Kind kind, long linear, int length, Bytes data) {
    return MemoryAccess.access(machine.epc(), mode, translation, kind, linear, length, data);
  }

  /** Loads CR3: page tables for accesses outside enclaves. */
  public void useTranslation(Translation pageTables) {
    translation = pageTables;
  }

  /** Whether the processor is inside an enclave. */
  public boolean inEnclave() {
    return mode != null;
  }

  /** RDMSR. */
  public MsrResult rdmsr(int msr) {
    return msrs.read(msr);
  }

  /** WRMSR. */
  public MsrResult wrmsr(int msr, long value) {
    return msrs.write(msr, value);
  }

  /** CPUID. */
  public Cpuid.Registers cpuid(int leaf, int subleaf) {
    return machine.config().cpuid().registers(leaf, subleaf, machine.epc().sections());
  }

  /** Modes and control registers as they are. */
  public ControlState control() {
    return control;
  }

  /** Changes modes and control registers. */
  public void control(ControlState value) {
    control = value;
  }

  /** An unmasked event is pending, or no longer: EINIT that begins meanwhile gives code 128. */
  public void eventPending(boolean pending) {
    eventPending = pending;
  }

  /**
   * Fault injection: the next access word that a leaf of this processor asks for counts as taken by
   * another, so that the leaf gives the conflict result of isa.md 3.2 at that step.
   */
  public void failNextLeafWithConflict() {
    conflictInjected = true;
  }

  /** The gate that all leaves pass first (isa.md 3.1, steps 4 and 5); null if it is open. */
  private LeafResult gate(Leaf leaf) {
    if (!msrs.sgxEnabled()) {
      return LeafResult.gate(leaf, "IA32_FEATURE_CONTROL has LOCK and SGX_ENABLE");
    }
    return leaf.isSupported(machine.config().cpuid())
        ? null
        : LeafResult.gate(leaf, "CPUID.12H.0:EAX[6] says that the leaf exists");
  }

  private LeafResult account(LeafResult result) {
    if (result.conflict()) {
      machine.countConflict();
    }
    if (result.status() != Status.GP && result.status() != Status.PF) {
      machine.registers().markSgxUsed();
    }
    return result;
  }

  private final class Context implements LeafContext {
    @Override
    public Epc epc() {
      return machine.epc();
    }

    @Override
    public Cpuid cpuid() {
      return machine.config().cpuid();
    }

    @Override
    public PackageRegisters registers() {
      return machine.registers();
    }

    @Override
    public PageCipher pageCipher() {
      return pageCipher;
    }

    @Override
    public LaunchControlMsrs msrs() {
      return msrs;
    }

    @Override
    public MeasurementTrie measurements() {
      return machine.measurements();
    }

    @Override
    public ControlState control() {
      return control;
    }

    @Override
    public boolean eventPending() {
      return eventPending;
    }

    @Override
    public boolean epcmViolationIsGp() {
      return machine.config().epcmViolation() == EpcmViolation.GP;
    }

    @Override
    public boolean takeInjectedConflict() {
      boolean injected = conflictInjected;
      conflictInjected = false;
      return injected;
    }
  }
}
