package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.structure.Bytes;

/** Operands of EGETKEY and EREPORT: in ELRANGE, and on a page that passes test T (isa.md 3.4). */
final class EnclaveOperands {
  private final LeafContext cpu;
  private final EnclaveMode mode;
  private final Leaf leaf;

  EnclaveOperands(LeafContext cpu, EnclaveMode mode, Leaf leaf) {
    this.cpu = cpu;
    this.mode = mode;
    this.leaf = leaf;
  }

  /** Null if the operand can be used, else how the leaf ends. */
  LeafResult check(int step, String name, long linear, int alignment, int permission) {
    if (!Operand.usable(linear, alignment) || !mode.secs().covers(linear)) {
      return LeafResult.gp(leaf, step, name + " is aligned " + alignment + " and in ELRANGE");
    }
    long physical = mode.translation().translate(linear);
    if (physical == Translation.NOT_PRESENT) {
      return new LeafResult(
          leaf, Status.PF, 0, linear, step, name + ": the page is present", false);
    }
    String broken =
        MemoryAccess.brokenRule(
            cpu.epc(), mode.secs(), cpu.epc().frameOf(physical), linear, permission);
    if (broken == null) {
      return null;
    }
    String check = name + ": " + broken;
    return cpu.epcmViolationIsGp()
        ? LeafResult.gp(leaf, step, check)
        : LeafResult.pf(leaf, step, linear, check);
  }

  LeafResult checkInput(int step, String name, long linear, int alignment) {
    return check(step, name, linear, alignment, EpcmState.R);
  }

  LeafResult checkOutput(int step, String name, long linear, int alignment) {
    return check(step, name, linear, alignment, EpcmState.W);
  }

  Bytes read(long linear, int length) {
    return page(linear).read(offset(linear), length);
  }

  void write(long linear, Bytes data) {
    page(linear).write(offset(linear), data);
  }

  private FrameContents page(long linear) {
    int frame = cpu.epc().frameOf(mode.translation().translate(linear));
    return FrameContents.of(cpu.epc().epcm(), frame);
  }

  private static int offset(long linear) {
    return (int) (linear & Epc.PAGE_BYTES - 1);
  }
}
