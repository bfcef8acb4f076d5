package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;

/**
 * EREMOVE (isa.md 3.3).
 *
 * @param rcx EPC page to free
 */
public record Eremove(long rcx) implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.EREMOVE;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.EREMOVE);
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
    if (!run.words.exclusive(frame)) {
      return run.conflict(3, "no other leaf uses the page");
    }
    // 4.
    int state = run.epcm.state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return run.accepted(() -> {});
    }
    // 5. An accepted TRIM page goes without a look at the threads, as drivers rely on.
    PageType type = EpcmState.type(state);
    if (type == PageType.VA) {
      return run.accepted(() -> run.epcm.invalidate(frame));
    }
    boolean acceptedTrim = type == PageType.TRIM && !EpcmState.has(state, EpcmState.MODIFIED);
    SecsState secs = run.epcm.secs(run.epcm.owner(frame));
    // 6.
    if (type == PageType.SECS) {
      return secs.children() != 0
          ? run.code(6, SgxCode.CHILD_PRESENT, "the SECS has no pages in the EPC")
          : run.accepted(() -> run.epcm.invalidate(frame));
    }
    // 7.
    if (!acceptedTrim && !secs.tracking().tryBeginRemoval()) {
      return run.code(7, SgxCode.ENCLAVE_ACT, "no thread is inside the enclave");
    }
    return run.accepted(new Removal(run, frame, secs, !acceptedTrim));
  }

  /** Until it has ended the page counts as a child, so that the SECS outlives it either way. */
  private record Removal(LeafRun run, int frame, SecsState secs, boolean keepsThreadsOut)
      implements LeafInFlight.Effect {
    @Override
    public void publish() {
      run.epcm.invalidate(frame);
      secs.removeChild();
      undo();
    }

    @Override
    public void undo() {
      if (keepsThreadsOut) {
        secs.tracking().endRemoval();
      }
    }
  }
}
