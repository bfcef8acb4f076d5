package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.structure.SgxCode;

/** One leaf while it goes through its checks: the words it took and the ways it can be refused. */
final class LeafRun {
  final LeafContext cpu;
  final Epc epc;
  final Epcm epcm;
  final AccessSet words;
  private final Leaf leaf;

  LeafRun(LeafContext cpu, Leaf leaf) {
    this.cpu = cpu;
    this.epc = cpu.epc();
    this.epcm = epc.epcm();
    this.words = new AccessSet(cpu);
    this.leaf = leaf;
  }

  /** #GP(0). */
  LeafInFlight gp(int step, String check) {
    return refused(LeafResult.gp(leaf, step, check));
  }

  /** #GP(0) because another leaf uses the page. */
  LeafInFlight conflict(int step, String check) {
    return refused(new LeafResult(leaf, Status.GP, 0, 0, step, check, true));
  }

  /** Code 7 because another leaf uses the page. */
  LeafInFlight conflictCode(int step, String check) {
    return conflictCode(step, SgxCode.EPC_PAGE_CONFLICT, check);
  }

  /** A code because another leaf uses the page or its SECS. */
  LeafInFlight conflictCode(int step, int code, String check) {
    return refused(new LeafResult(leaf, Status.CODE, code, 0, step, check, true));
  }

  /** #PF for an operand that must be in the EPC and is not. */
  LeafInFlight notInEpc(int step, long address, String check) {
    return refused(LeafResult.pf(leaf, step, address, check));
  }

  /** The EPCM entry is not as it must be: #PF, or #GP(0) on a processor with SGX1 only. */
  LeafInFlight epcmViolation(int step, long address, String check) {
    return cpu.epcmViolationIsGp()
        ? gp(step, check)
        : refused(LeafResult.pf(leaf, step, address, check));
  }

  /** Ordinary #PF: software's page tables do not map the operand. */
  LeafInFlight notMapped(int step, long address, String check) {
    return refused(new LeafResult(leaf, Status.PF, 0, address, step, check, false));
  }

  /** A code in RAX. */
  LeafInFlight code(int step, int code, String check) {
    return refused(LeafResult.code(leaf, step, code, check));
  }

  /** Information in RAX and CF = 1: there is nothing to do. */
  LeafInFlight info(int step, int code, String check) {
    return refused(LeafResult.info(leaf, step, code, check));
  }

  /** All checks passed. */
  LeafInFlight accepted(LeafInFlight.Effect effect) {
    return accepted(effect, null);
  }

  /** All checks passed, and the leaf leaves {@code output} in RBX or at an operand address. */
  LeafInFlight accepted(LeafInFlight.Effect effect, Object output) {
    return LeafInFlight.accepted(LeafResult.ok(leaf), words, effect, output);
  }

  /** All checks passed, and the leaf has something to tell about what it does. */
  LeafInFlight acceptedWithInfo(
      int step, int code, String check, LeafInFlight.Effect effect, Object output) {
    return LeafInFlight.accepted(LeafResult.info(leaf, step, code, check), words, effect, output);
  }

  private LeafInFlight refused(LeafResult result) {
    return LeafInFlight.refused(result, words);
  }
}
