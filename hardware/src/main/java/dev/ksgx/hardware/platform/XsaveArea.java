package dev.ksgx.hardware.platform;

/** Sizes of the XSAVE area in its standard format (isa.md 9.2), bytes. */
public final class XsaveArea {
  /** Legacy region and header: what every area has. */
  public static final int LEGACY_BYTES = 576;

  /** Rows of CPUID.0DH: feature bit, offset, size. */
  private static final int[][] COMPONENTS = {
    {2, 576, 256}, // AVX
    {3, 960, 64}, // MPX bound registers
    {4, 1024, 64}, // MPX configuration
    {5, 1088, 64}, // AVX-512 mask registers
    {6, 1152, 512}, // AVX-512 upper halves
    {7, 1664, 1024}, // AVX-512 high registers
    {9, 2688, 8}, // PKRU
    {17, 2752, 64}, // AMX configuration
    {18, 2816, 8192}, // AMX tiles
  };

  private static final long AVX = 1 << 2;
  private static final long MPX = 0b11 << 3;
  private static final long AVX512 = 0b111 << 5;
  private static final long AMX = 0b11 << 17;

  private XsaveArea() {}

  /** Bytes that a save of the features in {@code xfrm} takes. */
  public static int bytes(long xfrm) {
    int end = LEGACY_BYTES;
    for (int[] component : COMPONENTS) {
      if ((xfrm >>> component[0] & 1) != 0) {
        end = Math.max(end, component[1] + component[2]);
      }
    }
    return end;
  }

  /** Offset of one feature's state, 0 if there is no such feature. */
  static int offset(int feature) {
    for (int[] component : COMPONENTS) {
      if (component[0] == feature) {
        return component[1];
      }
    }
    return 0;
  }

  /** Size of one feature's state, 0 if there is no such feature. */
  static int size(int feature) {
    for (int[] component : COMPONENTS) {
      if (component[0] == feature) {
        return component[2];
      }
    }
    return 0;
  }

  /**
   * Whether XSETBV accepts the features together: x87 and SSE always here, MPX and AMX as pairs,
   * AVX-512 as a whole and with AVX.
   */
  public static boolean loadable(long xfrm) {
    return (xfrm & 3) == 3
        && (xfrm & MPX) % MPX == 0
        && (xfrm & AMX) % AMX == 0
        && ((xfrm & AVX512) == 0 || (xfrm & (AVX512 | AVX)) == (AVX512 | AVX));
  }
}
