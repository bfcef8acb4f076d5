package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.structure.Bytes;
import java.util.HashMap;
import java.util.Map;

/**
 * Operands of EGETKEY and EREPORT: in ELRANGE, and on a page that passes test T (isa.md 3.4). Each
 * is translated once. Its translation may go at any time after that, but not the page: it is not
 * written out while a thread is inside that may have translated to it.
 */
final class EnclaveOperands {
  private final LeafContext cpu;
  private final EnclaveMode mode;
  private final Leaf leaf;
  private final Map<Long, FrameContents> pages = new HashMap<>();

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
      return notPresent(step, name, linear);
    }
    int frame = cpu.epc().frameOf(physical);
    String broken = MemoryAccess.brokenRule(cpu.epc(), mode.secs(), frame, linear, permission);
    if (broken == null) {
      pages.put(linear, FrameContents.of(cpu.epc().epcm(), frame));
      return null;
    }
    if (mode.translation().translate(linear) != physical) {
      return notPresent(step, name, linear);
    }
    String check = name + ": " + broken;
    return cpu.epcmViolationIsGp()
        ? LeafResult.gp(leaf, step, check)
        : LeafResult.pf(leaf, step, linear, check);
  }

  private LeafResult notPresent(int step, String name, long linear) {
    return new LeafResult(leaf, Status.PF, 0, linear, step, name + ": the page is present", false);
  }

  LeafResult checkInput(int step, String name, long linear, int alignment) {
    return check(step, name, linear, alignment, EpcmState.R);
  }

  LeafResult checkOutput(int step, String name, long linear, int alignment) {
    return check(step, name, linear, alignment, EpcmState.W);
  }

  Bytes read(long linear, int length) {
    return pages.get(linear).read(offset(linear), length);
  }

  void write(long linear, Bytes data) {
    pages.get(linear).write(offset(linear), data);
  }

  private static int offset(long linear) {
    return (int) (linear & Epc.PAGE_BYTES - 1);
  }
}
