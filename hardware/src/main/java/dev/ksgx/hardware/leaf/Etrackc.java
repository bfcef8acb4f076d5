package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.TrackingState;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;

/**
 * ETRACKC (isa.md 3.3): ETRACK of the enclave that a page belongs to.
 *
 * @param rcx any EPC page of the enclave, or its SECS
 */
public record Etrackc(long rcx) implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.ETRACKC;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.ETRACKC);
    // 1.
    if (!Operand.usable(rcx, 4096)) {
      return run.gp(1, "RCX is aligned 4096");
    }
    // 2.
    int frame = run.epc.frameOf(rcx);
    if (frame < 0) {
      return run.notInEpc(2, rcx, "RCX is in the EPC");
    }
    // 3.
    if (!run.words.shared(frame)) {
      return run.conflictCode(3, "no other leaf uses the page exclusively");
    }
    // 4.
    int state = run.epcm.state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return run.code(4, SgxCode.PG_INVLD, "the page is valid");
    }
    // 5.
    PageType type = EpcmState.type(state);
    if (type != PageType.SECS && !type.isOfEnclave()) {
      return run.info(5, SgxCode.TRACK_NOT_REQUIRED, "the page is REG, TCS, TRIM or SECS");
    }
    // 6. The page, which nobody can remove now, keeps its SECS alive.
    int secsFrame = run.epcm.owner(frame);
    if (!run.words.groupC(secsFrame)) {
      return run.conflictCode(6, "no other leaf tracks the enclave");
    }
    // 7.
    TrackingState tracking = run.epcm.secs(secsFrame).tracking();
    if (tracking.cycleUnfinished()) {
      return run.code(7, SgxCode.PREV_TRK_INCMPL, Etrack.UNFINISHED);
    }
    return run.accepted(tracking::tryStartCycle);
  }
}
