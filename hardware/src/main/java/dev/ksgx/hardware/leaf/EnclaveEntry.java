package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.epc.TcsState;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.platform.XsaveArea;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.Tcs;

/**
 * EENTER and ERESUME (isa.md 3.4). They hold the TCS page shared while they run and are one step:
 * on success the processor is inside, and the enclave counts one more thread.
 */
public final class EnclaveEntry {
  private static final int RESERVED_XSAVE_HEADER = 512;
  private static final int PENDING_OR_MODIFIED = EpcmState.PENDING | EpcmState.MODIFIED;
  private static final String REMOVING = "no page of the enclave is being removed";

  private final LeafContext cpu;
  private final Epc epc;
  private final Leaf leaf;
  private final boolean resume;
  private final long tcsLinear;
  private final long aep;
  private final Translation translation;
  private final AccessSet words;
  private long tcsPhysical;
  private int ssaFrame;
  private EnclaveMode entered;

  private EnclaveEntry(
      LeafContext cpu, boolean resume, long tcsLinear, long aep, Translation translation) {
    this.cpu = cpu;
    this.epc = cpu.epc();
    this.resume = resume;
    this.leaf = resume ? Leaf.ERESUME : Leaf.EENTER;
    this.tcsLinear = tcsLinear;
    this.aep = aep;
    this.translation = translation;
    this.words = new AccessSet(cpu);
  }

  /** A result and, if it is OK, the mode the processor is in from now on. */
  public record Entry(LeafResult result, EnclaveMode mode) {}

  /**
   * EENTER or ERESUME.
   *
   * @param tcsLinear RBX, linear address of the TCS
   * @param aep RCX, where an asynchronous exit continues
   */
  public static Entry enter(
      LeafContext cpu, boolean resume, long tcsLinear, long aep, Translation translation) {
    EnclaveEntry entry = new EnclaveEntry(cpu, resume, tcsLinear, aep, translation);
    LeafResult result = entry.checkTcs();
    entry.words.release();
    return new Entry(result, entry.entered);
  }

  /** Steps 1 to 5; what may change under it is looked at once the thread is counted as inside. */
  private LeafResult checkTcs() {
    // 1.
    if (!Operand.usable(tcsLinear, 4096)) {
      return gp(1, "RBX is aligned 4096");
    }
    // 2.
    long physical = translation.translate(tcsLinear);
    if (physical == Translation.NOT_PRESENT) {
      return new LeafResult(leaf, Status.PF, 0, tcsLinear, 2, "the TCS page is present", false);
    }
    tcsPhysical = physical;
    int frame = epc.frameOf(physical);
    if (frame < 0) {
      return LeafResult.pf(leaf, 2, tcsLinear, "RBX is in the EPC");
    }
    // 3.
    if (!Operand.canonical(aep)) {
      return gp(3, "AEP is canonical");
    }
    // 4.
    if (!words.shared(frame)) {
      return conflict("no other leaf uses the TCS exclusively");
    }
    // 5.
    String broken = brokenTcsRule(frame);
    if (broken != null) {
      return epcmViolation(5, tcsLinear, tcsPhysical, broken);
    }
    SecsState secs = epc.epcm().secs(epc.epcm().owner(frame));
    // 4. again, now that the owner is known (isa.md 3.2, cross rules).
    long entryEpoch = secs.tracking().tryEnter();
    if (entryEpoch < 0) {
      return conflict(REMOVING);
    }
    // 5. again: EBLOCK may run beside, and a tracking cycle may have begun after it and before the
    // thread was counted; from here on either this looks at BLOCKED or that cycle waits for the
    // thread.
    broken = brokenTcsRule(frame);
    LeafResult result =
        broken == null
            ? checkThread(secs, epc.epcm().tcs(frame), entryEpoch)
            : epcmViolation(5, tcsLinear, tcsPhysical, broken);
    if (!result.isOk()) {
      secs.tracking().leave(entryEpoch);
    }
    return result;
  }

  private String brokenTcsRule(int frame) {
    int state = epc.epcm().state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return "the TCS page is valid";
    }
    if (EpcmState.has(state, EpcmState.BLOCKED)) {
      return "the TCS page is not BLOCKED";
    }
    boolean changing = EpcmState.any(state, PENDING_OR_MODIFIED);
    boolean wrongPage =
        epc.epcm().address(frame) != tcsLinear || EpcmState.type(state) != PageType.TCS;
    if (changing && (resume || !wrongPage)) {
      return "the TCS page is neither PENDING nor MODIFIED";
    }
    return wrongPage ? "the page is a TCS at its own linear address" : null;
  }

  /** Steps 6 to 16. */
  private LeafResult checkThread(SecsState secs, TcsState tcsState, long entryEpoch) {
    Tcs tcs = tcsState.added();
    Secs image = secs.image();
    // 6.
    if ((tcs.ossa() & 4095) != 0 || (tcs.ofsBase() & 4095) != 0 || (tcs.ogsBase() & 4095) != 0) {
      return gp(6, "OSSA, OFSBASE and OGSBASE are multiples of 4096");
    }
    // 7. ERESUME takes the bases from the SSA frame instead, at step 14.
    if (!resume
        && !(Operand.canonical(secs.baseAddress() + tcs.ofsBase())
            && Operand.canonical(secs.baseAddress() + tcs.ogsBase()))) {
      return gp(7, "FSBASE and GSBASE are canonical");
    }
    // 8.
    if ((tcsState.flags() & ~Tcs.DBGOPTIN) != 0) {
      return gp(8, "reserved bits of TCS.FLAGS are 0");
    }
    // 9.
    if (!secs.initialised()) {
      return gp(9, "the enclave is initialised");
    }
    // 10.
    ControlState control = cpu.control();
    if (image.attributes().has(Attributes.MODE64BIT) != control.mode64Bit()) {
      return gp(10, "the processor is in the mode that MODE64BIT says");
    }
    // 11.
    if (!control.osFxsr()) {
      return gp(11, "CR4.OSFXSR is set");
    }
    // 12.
    long xfrm = image.attributes().xfrm();
    if (control.osXsave() ? (xfrm & ~control.xcr0()) != 0 : xfrm != Attributes.LEGACY_XFRM) {
      return gp(12, "XFRM is within XCR0, or 3 without CR4.OSXSAVE");
    }
    // 13.
    int cssa = tcsState.cssa();
    if (resume ? cssa == 0 : Integer.compareUnsigned(cssa, tcs.nssa()) >= 0) {
      return gp(13, resume ? "there is an SSA frame to resume" : "CSSA is below NSSA");
    }
    // 14.
    int frameNumber = resume ? cssa - 1 : cssa;
    long frameBytes = (image.ssaFrameSize() & 0xffff_ffffL) * Epc.PAGE_BYTES;
    long ssa = secs.baseAddress() + tcs.ossa() + (frameNumber & 0xffff_ffffL) * frameBytes;
    LeafResult broken = checkSsaPages(secs, ssa, XsaveArea.bytes(xfrm));
    int xsaveFrame = ssaFrame;
    if (broken == null) {
      broken = checkSsaPage(secs, ssa + frameBytes - Epc.PAGE_BYTES);
    }
    if (broken != null) {
      return broken;
    }
    boolean exInfo = (image.miscSelect() & Cpuid.MISC_EXINFO) != 0;
    SsaFrame frame = new SsaFrame(ssaFrame, exInfo);
    if (resume) {
      broken = checkResumedState(frame, xsaveFrame, xfrm);
      if (broken != null) {
        return broken;
      }
    }
    // 15.
    if (!Operand.canonical(secs.baseAddress() + tcs.oentry())) {
      return gp(15, "the entry point is canonical");
    }
    // 16.
    if (!tcsState.tryActivate(cssa, frameNumber, aep)) {
      return gp(16, "no thread is inside by this TCS");
    }
    entered = new EnclaveMode(secs, tcsState, tcsLinear, entryEpoch, frame, translation);
    return LeafResult.ok(leaf);
  }

  /** Leaves the frame of the first page in {@code ssaFrame}. */
  private LeafResult checkSsaPages(SecsState secs, long ssa, int xsaveBytes) {
    int first = -1;
    for (long page = ssa; page < ssa + xsaveBytes; page += Epc.PAGE_BYTES) {
      LeafResult broken = checkSsaPage(secs, page);
      if (broken != null) {
        return broken;
      }
      first = page == ssa ? ssaFrame : first;
    }
    ssaFrame = first;
    return null;
  }

  /**
   * Leaves the page's frame in {@code ssaFrame}: it stays the page's while the thread is inside,
   * but its translation may go at any time.
   */
  private LeafResult checkSsaPage(SecsState secs, long page) {
    long physical = translation.translate(page);
    if (physical == Translation.NOT_PRESENT) {
      return new LeafResult(leaf, Status.PF, 0, page, 14, "the SSA page is present", false);
    }
    ssaFrame = epc.frameOf(physical);
    String broken = MemoryAccess.brokenRule(epc, secs, ssaFrame, page, EpcmState.R | EpcmState.W);
    return broken == null ? null : epcmViolation(14, page, physical, "SSA frame: " + broken);
  }

  /**
   * What ERESUME restores must be restorable; where it is not, the manual leaves the number open.
   */
  private LeafResult checkResumedState(SsaFrame frame, int xsaveFrame, long xfrm) {
    if (!Operand.canonical(frame.gpr(epc.epcm(), SsaFrame.FSBASE))
        || !Operand.canonical(frame.gpr(epc.epcm(), SsaFrame.GSBASE))) {
      return gp(7, "FSBASE and GSBASE of the SSA frame are canonical");
    }
    if (!Operand.canonical(frame.gpr(epc.epcm(), SsaFrame.RIP))) {
      return gp(15, "RIP of the SSA frame is canonical");
    }
    Bytes header = FrameContents.of(epc.epcm(), xsaveFrame).read(RESERVED_XSAVE_HEADER, 64);
    boolean restorable = (header.u64(0) & ~xfrm) == 0 && header.isZero(8, 56);
    return restorable ? null : gp(15, "XRSTOR accepts the SSA frame");
  }

  private LeafResult gp(int step, String check) {
    return LeafResult.gp(leaf, step, check);
  }

  private LeafResult conflict(String check) {
    return new LeafResult(leaf, Status.GP, 0, 0, 4, check, true);
  }

  /** As for an access, a page that was unmapped meanwhile counts as not present. */
  private LeafResult epcmViolation(int step, long address, long physical, String check) {
    if (translation.translate(address) != physical) {
      return new LeafResult(leaf, Status.PF, 0, address, step, "the page is present", false);
    }
    return cpu.epcmViolationIsGp() ? gp(step, check) : LeafResult.pf(leaf, step, address, check);
  }
}
