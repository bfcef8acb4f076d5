package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.structure.PageType;

/**
 * EPA (isa.md 3.3): a version array page, all slots empty.
 *
 * @param rbx must be PT_VA, 3
 * @param rcx EPC page to use
 */
public record Epa(long rbx, long rcx) implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.EPA;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.EPA);
    // 1.
    if (rbx != PageType.VA.number() || !Operand.usable(rcx, 4096)) {
      return run.gp(1, "RBX is PT_VA and RCX is aligned 4096");
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
    if (EpcmState.has(run.epcm.state(frame), EpcmState.VALID)) {
      return run.epcmViolation(4, rcx, "the page is not valid yet");
    }
    return run.accepted(
        () ->
            run.epcm.publish(frame, EpcmState.valid(PageType.VA, 0), frame, 0, new VersionArray()));
  }
}
