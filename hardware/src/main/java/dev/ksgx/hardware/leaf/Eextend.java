package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.measure.MeasurementNode;
import dev.ksgx.hardware.structure.PageType;

/**
 * EEXTEND (isa.md 3.3).
 *
 * @param rbx EPC page of the SECS
 * @param rcx EPC address of the 256 bytes to measure
 */
public record Eextend(long rbx, long rcx) implements EnclsRequest {
  private static final int CHUNK_BYTES = 256;

  @Override
  public Leaf leaf() {
    return Leaf.EEXTEND;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.EEXTEND);
    // 1.
    if (!Operand.usable(rbx, 4096)) {
      return run.gp(1, "RBX is aligned 4096");
    }
    // 2.
    int secsFrame = run.epc.frameOf(rbx);
    if (secsFrame < 0) {
      return run.notInEpc(2, rbx, "RBX is in the EPC");
    }
    // 3.
    if (!Operand.usable(rcx, CHUNK_BYTES)) {
      return run.gp(3, "RCX is aligned 256");
    }
    // 4.
    int frame = run.epc.frameOf(rcx);
    if (frame < 0) {
      return run.notInEpc(4, rcx, "RCX is in the EPC");
    }
    // 5.
    if (!run.words.shared(frame)) {
      return run.conflict(5, "no other leaf uses the page exclusively");
    }
    // 6.
    int state = run.epcm.state(frame);
    if (!EpcmState.has(state, EpcmState.VALID)) {
      return run.epcmViolation(6, rcx, "the page is valid");
    }
    // 7.
    PageType type = EpcmState.type(state);
    if (type != PageType.REG && type != PageType.TCS) {
      return run.epcmViolation(7, rcx, "the page is REG or TCS");
    }
    // 8.
    if (run.epcm.owner(frame) != secsFrame) {
      return run.gp(8, "RBX is the SECS that owns the page");
    }
    // 9. The page, which nobody can remove now, keeps its SECS alive.
    if (!run.words.groupB(secsFrame)) {
      return run.conflict(9, "no other leaf measures the enclave");
    }
    SecsState secs = run.epcm.secs(secsFrame);
    if (secs.initialised()) {
      return run.gp(9, "the enclave is not initialised yet");
    }
    long offset = run.epcm.address(frame) - secs.baseAddress();
    MeasurementNode measurement =
        secs.measurement()
            .eextend(offset, FrameContents.of(run.epcm, frame).page(), (int) (rcx & 4095));
    return run.accepted(() -> secs.measured(measurement));
  }
}
