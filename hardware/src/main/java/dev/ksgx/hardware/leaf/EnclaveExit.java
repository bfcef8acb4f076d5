package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.Epcm;

/** EEXIT and the asynchronous exit (isa.md 3.4): the thread leaves and is counted no more. */
public final class EnclaveExit {
  private EnclaveExit() {}

  /**
   * EEXIT. If the result is OK the processor is outside from now on.
   *
   * @param mode the enclave the processor is in, null outside
   * @param target RBX, where execution continues
   */
  public static LeafResult eexit(EnclaveMode mode, long target) {
    if (mode == null) {
      return LeafResult.gp(Leaf.EEXIT, 0, "EEXIT runs inside an enclave");
    }
    // 1.
    if (!Operand.canonical(target)) {
      return LeafResult.gp(Leaf.EEXIT, 1, "the target is canonical");
    }
    mode.tcs().deactivate(mode.tcs().cssa());
    mode.secs().tracking().leave(mode.entryEpoch());
    return LeafResult.ok(Leaf.EEXIT);
  }

  /**
   * Asynchronous exit: the event is recorded in the SSA frame, CSSA grows, the thread is out.
   *
   * @param vector of the event
   * @param errorCode of a fault
   * @param address CR2 of a page fault
   */
  public static void aex(Epcm epcm, EnclaveMode mode, int vector, int errorCode, long address) {
    mode.frame().saveExit(epcm, vector, errorCode, address);
    mode.tcs().deactivate(mode.tcs().cssa() + 1);
    mode.secs().tracking().leave(mode.entryEpoch());
  }
}
