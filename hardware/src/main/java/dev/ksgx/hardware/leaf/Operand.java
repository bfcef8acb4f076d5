package dev.ksgx.hardware.leaf;

/** Tests of operand addresses. */
final class Operand {
  private static final int LINEAR_BITS = 48;

  private Operand() {}

  /** Whether the address is canonical: bits 63..47 are all the same. */
  static boolean canonical(long address) {
    return address << (64 - LINEAR_BITS) >> (64 - LINEAR_BITS) == address;
  }

  /** Whether a leaf can use the address: canonical and a multiple of {@code alignment} bytes. */
  static boolean usable(long address, int alignment) {
    return canonical(address) && (address & alignment - 1) == 0;
  }
}
