package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.epc.TcsState;
import dev.ksgx.hardware.measure.MeasurementNode;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;

/** The checks and the effect of EADD, alone or with EEXTENDs behind it (isa.md 3.3). */
final class PageAddition implements LeafInFlight.Effect {
  private static final int LIMIT_LOW_BITS = 0xfff;

  private final LeafRun run;
  private final int frame;
  private final SecsState secs;
  private final SecInfo secInfo;
  private final long linAddr;
  private final Object contents;
  private final MeasurementNode measurement;

  private PageAddition(
      LeafRun run,
      int frame,
      SecsState secs,
      SecInfo secInfo,
      long linAddr,
      Object contents,
      MeasurementNode measurement) {
    this.run = run;
    this.frame = frame;
    this.secs = secs;
    this.secInfo = secInfo;
    this.linAddr = linAddr;
    this.contents = contents;
    this.measurement = measurement;
  }

  static LeafInFlight begin(LeafContext cpu, Eadd op, int mrmask) {
    LeafRun run = new LeafRun(cpu, Leaf.EADD);
    // 1.
    if (!Operand.usable(op.rbx(), 32) || !Operand.usable(op.rcx(), 4096)) {
      return run.gp(1, "RBX is aligned 32 and RCX 4096");
    }
    // 2.
    int frame = run.epc.frameOf(op.rcx());
    if (frame < 0) {
      return run.notInEpc(2, op.rcx(), "RCX is in the EPC");
    }
    // 3.
    if (!Operand.usable(op.srcPge(), 4096)
        || !Operand.usable(op.secs(), 4096)
        || !Operand.usable(op.secInfoAddress(), 64)
        || !Operand.usable(op.linAddr(), 4096)) {
      return run.gp(3, "SRCPGE, SECS and LINADDR are aligned 4096 and SECINFO 64");
    }
    // 4.
    int secsFrame = run.epc.frameOf(op.secs());
    if (secsFrame < 0) {
      return run.notInEpc(4, op.secs(), "PAGEINFO.SECS is in the EPC");
    }
    // 5. That PENDING, MODIFIED and PR are refused is a choice of the model (isa.md 1.2).
    SecInfo secInfo = op.secInfo();
    PageType type = secInfo.pageType();
    if (!secInfo.reservedBitsAreZero()
        || !secInfo.stateBitsAreZero()
        || (type != PageType.REG && type != PageType.TCS)) {
      return run.gp(5, "SECINFO has PT = REG or TCS and no reserved or state bit");
    }
    // 6.
    if (!run.words.exclusive(frame)) {
      return run.conflict(6, "no other leaf uses the page");
    }
    // 7.
    if (EpcmState.has(run.epcm.state(frame), EpcmState.VALID)) {
      return run.epcmViolation(7, op.rcx(), "the page is not valid yet");
    }
    // 8.
    if (!run.words.shared(secsFrame)) {
      return run.conflict(8, "no other leaf uses the SECS exclusively");
    }
    // 9.
    if (!EpcmState.isValid(run.epcm.state(secsFrame), PageType.SECS)) {
      return run.epcmViolation(9, op.secs(), "PAGEINFO.SECS is a valid SECS");
    }
    // 10.
    Bytes source = op.source();
    if (source == null) {
      return run.notMapped(10, op.srcPge(), "the source page is mapped");
    }
    SecsState secs = run.epcm.secs(secsFrame);
    Object contents;
    Bytes stored;
    if (type == PageType.TCS) {
      // 11.
      Tcs tcs = Tcs.parse(source);
      if (!tcs.reservedBytesAreZero()) {
        return run.gp(11, "bytes 72..4095 of a TCS are 0");
      }
      if (!secs.attributes().has(Attributes.MODE64BIT) && !limitsFillPages(tcs)) {
        return run.gp(11, "FSLIMIT and GSLIMIT of a 32-bit enclave end with FFFh");
      }
      secInfo = secInfo.asAdded();
      Tcs added = tcs.asAdded();
      contents = new TcsState(added);
      stored = added.bytes();
    } else {
      // 12.
      if (secInfo.has(SecInfo.W) && !secInfo.has(SecInfo.R)) {
        return run.gp(12, "a writable page is readable");
      }
      contents = FrameContents.slotFor(source);
      stored = source;
    }
    // 13.
    if (!secs.covers(op.linAddr())) {
      return run.gp(13, "LINADDR is in ELRANGE");
    }
    // 14.
    if (!run.words.groupB(secsFrame)) {
      return run.conflict(14, "no other leaf measures the enclave");
    }
    // 15.
    if (secs.initialised()) {
      return run.gp(15, "the enclave is not initialised yet");
    }
    long offset = op.linAddr() - secs.baseAddress();
    MeasurementNode measurement = secs.measurement().addPage(offset, secInfo, stored, mrmask);
    secs.addChild();
    return run.accepted(
        new PageAddition(run, frame, secs, secInfo, op.linAddr(), contents, measurement));
  }

  @Override
  public void publish() {
    secs.measured(measurement);
    run.epcm.publish(
        frame, EpcmState.valid(secInfo.pageType(), secInfo.rwx()), secs.frame(), linAddr, contents);
  }

  @Override
  public void undo() {
    secs.removeChild();
  }

  private static boolean limitsFillPages(Tcs tcs) {
    return (tcs.fsLimit() & tcs.gsLimit() & LIMIT_LOW_BITS) == LIMIT_LOW_BITS;
  }
}
