package dev.ksgx.kernel.check;

import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.structure.PageType;

/**
 * The rules about the pool and about a frame that no owner is asked for, and what the EPCM says.
 */
final class FrameRules {
  private final Epcm epcm;
  private final int frames;
  private final PoolView pool;
  private final Findings findings;

  FrameRules(Machine machine, PoolView pool, Findings findings) {
    this.epcm = machine.epc().epcm();
    this.frames = machine.epc().frames();
    this.pool = pool;
    this.findings = findings;
  }

  boolean isValid(int frame) {
    return EpcmState.has(epcm.state(frame), EpcmState.VALID);
  }

  boolean isVersionArray(int frame) {
    return EpcmState.isValid(epcm.state(frame), PageType.VA);
  }

  /** Whether the EPCM has a child of an SECS in the frame. */
  boolean isChild(int frame) {
    PageType type = EpcmState.type(epcm.state(frame));
    return isValid(frame) && type != PageType.SECS && type != PageType.VA;
  }

  /** Frame of the SECS of the child in {@code frame}. */
  int secsOf(int frame) {
    return epcm.owner(frame);
  }

  /** What the EPCM says of a VALID frame. */
  String describe(int frame) {
    PageType type = EpcmState.type(epcm.state(frame));
    return isChild(frame)
        ? "PT_%s 0x%x of the SECS in frame %d"
            .formatted(type, epcm.address(frame), epcm.owner(frame))
        : "PT_" + type;
  }

  /** A frame of the pool is not VALID. */
  void inPool(int frame) {
    if (isValid(frame)) {
      findings.add(
          Invariant.POOL_NOT_VALID,
          Findings.frame(frame),
          "is in the pool and holds %s",
          describe(frame));
    }
  }

  /** A frame that is not in the pool has an owner. */
  void nobodys(int frame) {
    findings.add(
        Invariant.SOMEBODYS,
        Findings.frame(frame),
        "is nobody's and %s",
        isValid(frame) ? "holds " + describe(frame) : "is not in the pool");
  }

  /** A frame that has children holds an SECS. */
  void hasChildren(int frame) {
    if (!EpcmState.isValid(epcm.state(frame), PageType.SECS)) {
      findings.add(
          Invariant.SECS_STAYS, Findings.frame(frame), "has children and holds no SECS any more");
    }
  }

  /** The pool counts as many frames as {@code length} says that it has. */
  void counts(int length) {
    if (pool.free() != length || pool.inUse() != frames - length) {
      findings.add(
          Invariant.FREE_COUNT,
          "the pool",
          "counts %d free and %d in use of %d, and has %d",
          pool.free(),
          pool.inUse(),
          frames,
          length);
    }
  }
}
