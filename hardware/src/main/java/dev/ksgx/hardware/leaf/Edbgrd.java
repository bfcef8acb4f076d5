package dev.ksgx.hardware.leaf;

/**
 * EDBGRD (isa.md 3.3): reads 8 bytes of a debug enclave or of a version array.
 *
 * @param rcx EPC address
 */
public record Edbgrd(long rcx) implements EnclsRequest {
  @Override
  public Leaf leaf() {
    return Leaf.EDBGRD;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    return DebugAccess.read(cpu, rcx);
  }
}
