package dev.ksgx.hardware.epc;

/**
 * One EPC section as CPUID.12H enumerates it (isa.md 6.6).
 *
 * @param baseAddress physical address, a multiple of 4096
 * @param bytes size, a positive multiple of 4096
 */
public record Section(long baseAddress, long bytes) {
  public Section {
    if (baseAddress < 0 || baseAddress % Epc.PAGE_BYTES != 0) {
      throw new IllegalArgumentException(
          "EPC section base 0x%x: not a multiple of 4096".formatted(baseAddress));
    }
    if (bytes <= 0 || bytes % Epc.PAGE_BYTES != 0) {
      throw new IllegalArgumentException(
          "EPC section size " + bytes + " bytes: not a positive multiple of 4096");
    }
  }

  /** Address of the first byte after the section. */
  public long end() {
    return baseAddress + bytes;
  }

  /** Number of 4096-byte frames. */
  public long frames() {
    return bytes / Epc.PAGE_BYTES;
  }
}
