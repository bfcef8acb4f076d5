package dev.ksgx.hardware.image;

import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What makes a sequence of blocks a stream with a measurement. Each rule answers null, or what is
 * wrong and what is expected, in one line. Memory grows with the pages that the stream adds, not
 * with ELRANGE.
 *
 * <p>A page beyond ELRANGE is let through: signing tools measure such streams, published ones
 * exist, and the refusal belongs to EADD (isa.md 3.3, EADD step 13).
 */
final class StreamRules {
  private static final int PAGE = 4096;
  private static final long MIN_SIZE = 2 * PAGE;

  private long sizeBytes;

  /** Type of each page added so far, by offset; looked up, never walked. */
  private final Map<Long, PageType> types = new HashMap<>();

  private long lastPage = -1;
  private PageType lastType;

  /** Whether ECREATE was seen. */
  boolean started() {
    return sizeBytes != 0;
  }

  String ecreate(int ssaFrameSize, long size) {
    if (started()) {
      return "a second ECREATE; expected EADD, EEXTEND or UNMEASRD";
    }
    if (size < MIN_SIZE || Long.bitCount(size) != 1) {
      return "ECREATE with SIZE 0x"
          + Long.toHexString(size)
          + "; expected a power of two from 0x2000 to 0x4000000000000000";
    }
    if (ssaFrameSize == 0) {
      return "ECREATE with SSAFRAMESIZE 0; expected at least 1 page";
    }
    sizeBytes = size;
    return null;
  }

  String eadd(long offset, SecInfo secInfo) {
    if (offset % PAGE != 0) {
      return "EADD at offset 0x" + Long.toHexString(offset) + "; expected a multiple of 0x1000";
    }
    PageType type = secInfo.pageType();
    if (!secInfo.reservedBitsAreZero() || !secInfo.stateBitsAreZero()) {
      return "EADD with SECINFO.FLAGS 0x"
          + Long.toHexString(secInfo.flags())
          + "; expected only R, W, X and a page type, and zeros behind";
    }
    if (type != PageType.REG && type != PageType.TCS) {
      return "EADD of page type "
          + (type == null ? "without a name" : type)
          + "; expected REG or TCS";
    }
    if (type == PageType.REG && secInfo.has(SecInfo.W) && !secInfo.has(SecInfo.R)) {
      return "EADD of a page that is writable but not readable; EADD refuses it";
    }
    if (type == PageType.TCS && secInfo.rwx() != 0) {
      return "EADD of a TCS with permissions; expected none, as EADD clears them before it measures";
    }
    types.put(offset, type);
    lastPage = offset;
    lastType = type;
    return null;
  }

  String chunk(String tag, long offset, byte[] data, int at) {
    if (offset % Measurement.CHUNK != 0) {
      return tag + " at offset 0x" + Long.toHexString(offset) + "; expected a multiple of 0x100";
    }
    long page = offset & -PAGE;
    if (page != lastPage) {
      PageType type = types.get(page);
      if (type == null) {
        return tag
            + " at offset 0x"
            + Long.toHexString(offset)
            + " is in no page added so far; expected the EADD of its page before it";
      }
      lastPage = page;
      lastType = type;
    }
    return lastType == PageType.TCS && offset == page ? tcsStart(tag, data, at) : null;
  }

  private static String tcsStart(String tag, byte[] data, int at) {
    Tcs tcs = Tcs.parse(Bytes.copyOf(Arrays.copyOf(Arrays.copyOfRange(data, at, at + 256), PAGE)));
    return tcs.asAdded().equals(tcs)
        ? null
        : tag + " of a TCS with STATE, DBGOPTIN, CSSA or AEP set; expected 0, as EADD clears them";
  }
}
