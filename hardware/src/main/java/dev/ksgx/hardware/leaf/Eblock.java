package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;

/**
 * EBLOCK (isa.md 3.3).
 *
 * @param rcx EPC page to block
 */
public record Eblock(long rcx) implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.EBLOCK;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.EBLOCK);
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
    if (!type.isOfEnclave()) {
      int code = type == PageType.SECS ? SgxCode.PG_IS_SECS : SgxCode.NOTBLOCKABLE;
      return run.info(5, code, "the page is REG, TCS or TRIM");
    }
    // 6.
    if (EpcmState.has(state, EpcmState.BLOCKED)) {
      return run.info(6, SgxCode.BLKSTATE, "the page is not BLOCKED yet");
    }
    // 7. The page, which nobody can remove now, keeps its SECS alive.
    int secsFrame = run.epcm.owner(frame);
    if (run.words.groupCIsTaken(secsFrame)) {
      return run.conflictCode(
          7, SgxCode.ENTRYEPOCH_LOCKED, "no other leaf starts a tracking cycle of the enclave");
    }
    return run.accepted(
        () -> {
          // The epoch is read once the page is blocked: who enters later cannot translate to it. Of
          // two leaves that came together the second has nothing to do.
          if (run.epcm.tryBlock(frame)) {
            run.epcm.stamp(frame, run.epcm.secs(secsFrame).tracking().epoch());
          }
        });
  }
}
