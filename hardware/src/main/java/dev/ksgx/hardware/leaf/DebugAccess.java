package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.epc.TcsState;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;
import java.util.Set;

/** The checks that EDBGRD and EDBGWR share (isa.md 3.3). */
final class DebugAccess {
  static final int WORD_BYTES = 8;

  /** Bytes of a TCS that a debugger may read; the manual prints no value (isa.md 1.11). */
  private static final int TCS_LIMIT = 72;

  private static final int TCS_FLAGS_OFFSET = 8;

  private final LeafRun run;
  private final long address;
  private int frame;

  private DebugAccess(LeafRun run, long address) {
    this.run = run;
    this.address = address;
  }

  /** Steps 1 to 8 and, if they pass, the read. */
  static LeafInFlight read(LeafContext cpu, long address) {
    DebugAccess access = new DebugAccess(new LeafRun(cpu, Leaf.EDBGRD), address);
    LeafInFlight refused =
        access.check(
            Set.of(PageType.REG, PageType.TCS, PageType.VA), "EDBGRD reads REG, TCS or VA");
    if (refused != null) {
      return refused;
    }
    // 7.
    PageType type = access.type();
    if (type == PageType.TCS && access.offset() >= TCS_LIMIT) {
      return access.run.gp(7, "EDBGRD of a TCS stays below its limit");
    }
    refused = access.checkDebug();
    if (refused != null) {
      return refused;
    }
    long word = access.contents().read(access.offset(), WORD_BYTES).u64(0);
    boolean emptySlot = (word & ~7) == 0;
    return access.run.accepted(() -> {}, type != PageType.VA ? word : emptySlot ? 0L : -1L);
  }

  /** Steps 1 to 8; if they pass, the write happens when the leaf ends. */
  static LeafInFlight write(LeafContext cpu, long address, long value) {
    DebugAccess access = new DebugAccess(new LeafRun(cpu, Leaf.EDBGWR), address);
    LeafInFlight refused =
        access.check(Set.of(PageType.REG, PageType.TCS), "EDBGWR writes REG or TCS");
    if (refused != null) {
      return refused;
    }
    // 7.
    if (access.type() == PageType.TCS && access.offset() != TCS_FLAGS_OFFSET) {
      return access.run.gp(7, "EDBGWR of a TCS writes FLAGS only");
    }
    refused = access.checkDebug();
    if (refused != null) {
      return refused;
    }
    TcsState tcs = access.run.epcm.tcs(access.frame);
    return access.run.accepted(
        () -> {
          if (tcs != null) {
            tcs.writeFlags(value);
          } else {
            access.contents().write(access.offset(), LittleEndian.u64(value));
          }
        });
  }

  private LeafInFlight check(Set<PageType> allowed, String typeRule) {
    // 1.
    if (!Operand.usable(address, run.cpu.control().mode64Bit() ? WORD_BYTES : WORD_BYTES / 2)) {
      return run.gp(1, "RCX is aligned 8, or 4 outside 64-bit mode");
    }
    // 2.
    frame = run.epc.frameOf(address);
    if (frame < 0) {
      return run.notInEpc(2, address, "RCX is in the EPC");
    }
    // 3.
    if (!run.words.shared(frame)) {
      return run.conflict(3, "no other leaf uses the page exclusively");
    }
    // 4.
    int state = run.epcm.state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return run.epcmViolation(4, address, "the page is valid");
    }
    // 5.
    if (!allowed.contains(EpcmState.type(state))) {
      return run.epcmViolation(5, address, typeRule);
    }
    // 6.
    if (EpcmState.any(state, EpcmState.PENDING | EpcmState.MODIFIED)) {
      return run.code(6, SgxCode.PAGE_NOT_DEBUGGABLE, "the page is neither PENDING nor MODIFIED");
    }
    return null;
  }

  private LeafInFlight checkDebug() {
    // 8. A version array belongs to no enclave.
    if (type() != PageType.VA) {
      SecsState secs = run.epcm.secs(run.epcm.owner(frame));
      if (!secs.attributes().has(Attributes.DEBUG)) {
        return run.gp(8, "the enclave has ATTRIBUTES.DEBUG");
      }
    }
    return null;
  }

  private PageType type() {
    return EpcmState.type(run.epcm.state(frame));
  }

  private int offset() {
    return (int) (address & 4095);
  }

  private FrameContents contents() {
    return FrameContents.of(run.epcm, frame);
  }
}
