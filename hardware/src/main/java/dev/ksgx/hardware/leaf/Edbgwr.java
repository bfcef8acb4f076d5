package dev.ksgx.hardware.leaf;

/**
 * EDBGWR (isa.md 3.3): writes 8 bytes of a debug enclave.
 *
 * @param rcx EPC address
 * @param rbx what to write
 */
public record Edbgwr(long rcx, long rbx) implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.EDBGWR;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    return DebugAccess.write(cpu, rcx, rbx);
  }
}
