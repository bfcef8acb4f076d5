package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.TrackingState;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;

/**
 * ETRACK (isa.md 3.3).
 *
 * @param rcx EPC page of the SECS
 */
public record Etrack(long rcx) implements EnclsRequest {
  static final String UNFINISHED = "all threads that the last cycle waits for have left";

  @Override
  public Leaf leaf() {
    return Leaf.ETRACK;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.ETRACK);
    // 1.
    if (!Operand.usable(rcx, 4096)) {
      return run.gp(1, "RCX is aligned 4096");
    }
    // 2.
    int frame = run.epc.frameOf(rcx);
    if (frame < 0) {
      return run.notInEpc(2, rcx, "RCX is in the EPC");
    }
    // 3. #GP by choice of the model, where table and flow disagree.
    if (!run.words.shared(frame) || !run.words.groupC(frame)) {
      return run.conflict(3, "no other leaf tracks the enclave or uses its SECS exclusively");
    }
    // 4.
    int state = run.epcm.state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return run.epcmViolation(4, rcx, "the page is valid");
    }
    // 5.
    if (EpcmState.type(state) != PageType.SECS) {
      return run.epcmViolation(5, rcx, "the page is an SECS");
    }
    // 6. Threads only leave the last cycle, so that what is finished now is so when the leaf ends.
    TrackingState tracking = run.epcm.secs(frame).tracking();
    if (tracking.cycleUnfinished()) {
      return run.code(6, SgxCode.PREV_TRK_INCMPL, UNFINISHED);
    }
    return run.accepted(tracking::tryStartCycle);
  }
}
