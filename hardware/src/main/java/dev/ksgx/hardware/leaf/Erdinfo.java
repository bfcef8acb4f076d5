package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.RdInfo;
import dev.ksgx.hardware.structure.SgxCode;

/**
 * ERDINFO (isa.md 3.3).
 *
 * @param rbx address of the RDINFO
 * @param rcx EPC page to ask about
 * @param rdInfoMapped whether {@code rbx} can be written
 */
public record Erdinfo(long rbx, long rcx, boolean rdInfoMapped) implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.ERDINFO;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.ERDINFO);
    // 1.
    if (!Operand.usable(rbx, 32) || !Operand.usable(rcx, 4096)) {
      return run.gp(1, "RBX is aligned 32 and RCX 4096");
    }
    // 2.
    int frame = run.epc.frameOf(rcx);
    if (frame < 0) {
      return run.info(2, SgxCode.PG_NONEPC, "RCX is in the EPC");
    }
    // 3.
    if (!run.words.shared(frame)) {
      return run.conflictCode(3, "no other leaf uses the page exclusively");
    }
    // 4.
    int state = run.epcm.state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return run.info(4, SgxCode.PG_INVLD, "the page is valid");
    }
    // 5.
    if (!rdInfoMapped) {
      return run.notMapped(5, rbx, "RDINFO is mapped");
    }
    PageType type = EpcmState.type(state);
    SecsState secs = type == PageType.VA ? null : run.epcm.secs(run.epcm.owner(frame));
    boolean parent = type == PageType.SECS && secs.children() != 0;
    boolean blocked = EpcmState.has(state, EpcmState.BLOCKED);
    RdInfo info =
        RdInfo.of(
            parent ? RdInfo.CHILDPRESENT : 0,
            EpcmState.toSecInfo(state) | (blocked ? RdInfo.BLOCKED : 0),
            secs == null ? 0 : run.epc.addressOf(secs.frame()));
    return run.accepted(() -> {}, info);
  }
}
