package dev.ksgx.hardware.structure;

/**
 * ATTRIBUTES of an enclave, 16 bytes in memory (isa.md 1.1).
 *
 * @param flags FLAGS, the bits named below
 * @param xfrm XFRM, with the bit layout of XCR0; bits 0 and 1 are set in every legal enclave
 */
public record Attributes(long flags, long xfrm) {
  /** Size in memory, bytes. */
  public static final int SIZE = 16;

  /** Set by EINIT. */
  public static final long INIT = 1;

  /** EDBGRD and EDBGWR may look inside. */
  public static final long DEBUG = 1 << 1;

  /** Runs in 64-bit mode. */
  public static final long MODE64BIT = 1 << 2;

  /** May derive PROVISION and PROVISION_SEAL keys. */
  public static final long PROVISIONKEY = 1 << 4;

  /** May derive the launch key: a launch enclave. */
  public static final long EINITTOKENKEY = 1 << 5;

  /** Control-flow enforcement. */
  public static final long CET = 1 << 6;

  /** Key separation and sharing. */
  public static final long KSS = 1 << 7;

  /** AEX notification. */
  public static final long AEXNOTIFY = 1 << 10;

  /** XFRM of an enclave that uses x87 and SSE only. */
  public static final long LEGACY_XFRM = 3;

  /** Reads FLAGS and XFRM from 16 bytes. */
  public static Attributes parse(Bytes image) {
    if (image.length() != SIZE) {
      throw new IllegalArgumentException(
          "ATTRIBUTES: " + image.length() + " bytes, expected " + SIZE);
    }
    return new Attributes(image.u64(0), image.u64(8));
  }

  /** Bitwise and of all 128 bits, as EINIT and EGETKEY apply masks. */
  public Attributes and(Attributes mask) {
    return new Attributes(flags & mask.flags, xfrm & mask.xfrm);
  }

  /** Whether all of {@code flag} is set in FLAGS. */
  public boolean has(long flag) {
    return (flags & flag) == flag;
  }

  /** The 16 bytes in memory. */
  public Bytes bytes() {
    byte[] image = new byte[SIZE];
    for (int i = 0; i < 8; i++) {
      image[i] = (byte) (flags >>> (8 * i));
      image[8 + i] = (byte) (xfrm >>> (8 * i));
    }
    return Bytes.own(image);
  }
}
