package dev.ksgx.hardware.structure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A read-only byte string. Equality is by content; slices share the bytes of their origin. Offsets
 * and lengths are in bytes, integers are little-endian; a range outside the string throws {@link
 * IndexOutOfBoundsException}.
 */
public final class Bytes {
  private static final VarHandle U16 = view(short[].class);
  private static final VarHandle U32 = view(int[].class);
  private static final VarHandle U64 = view(long[].class);

  private static final int PAGE = 4096;
  private static final Bytes ZERO_PAGE = new Bytes(new byte[PAGE], 0, PAGE);

  private final byte[] data;
  private final int start;
  private final int length;

  /** Cached content hash; 0 = not computed. A race only computes the same value twice. */
  private int hash;

  private Bytes(byte[] data, int start, int length) {
    this.data = data;
    this.start = start;
    this.length = length;
  }

  private static VarHandle view(Class<?> type) {
    return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
  }

  /** A copy of all of {@code b}. */
  public static Bytes copyOf(byte[] b) {
    return new Bytes(b.clone(), 0, b.length);
  }

  /** A copy of {@code len} bytes of {@code b} from {@code off}. */
  public static Bytes copyOf(byte[] b, int off, int len) {
    checkRange(off, len, b.length);
    return new Bytes(Arrays.copyOfRange(b, off, off + len), 0, len);
  }

  /** Takes {@code b} without a copy; the caller must not keep it. */
  static Bytes own(byte[] b) {
    return new Bytes(b, 0, b.length);
  }

  /** {@code n} zero bytes; {@code zeros(4096)} is always the same object. */
  public static Bytes zeros(int n) {
    if (n == PAGE) {
      return ZERO_PAGE;
    }
    return n < PAGE ? ZERO_PAGE.slice(0, n) : own(new byte[n]);
  }

  /**
   * The bytes written in {@code hex}, two digits a byte.
   *
   * @throws IllegalArgumentException if it is not such a string
   */
  public static Bytes fromHex(String hex) {
    return own(HexFormat.of().parseHex(hex));
  }

  /** The parts one after the other. */
  public static Bytes concat(Bytes... parts) {
    byte[] out = new byte[Arrays.stream(parts).mapToInt(Bytes::length).sum()];
    int at = 0;
    for (Bytes part : parts) {
      part.copyTo(0, out, at, part.length);
      at += part.length;
    }
    return own(out);
  }

  /** Number of bytes. */
  public int length() {
    return length;
  }

  /** The byte at {@code off}, signed. */
  public byte get(int off) {
    return data[range(off, 1)];
  }

  /** The byte at {@code off}, 0..255. */
  public int u8(int off) {
    return get(off) & 0xff;
  }

  /** The 16-bit integer at {@code off}, 0..65535. */
  public int u16(int off) {
    return (short) U16.get(data, range(off, 2)) & 0xffff;
  }

  /** The 32-bit integer at {@code off}, as the int with the same bits. */
  public int u32(int off) {
    return (int) U32.get(data, range(off, 4));
  }

  /** The 64-bit integer at {@code off}, as the long with the same bits. */
  public long u64(int off) {
    return (long) U64.get(data, range(off, 8));
  }

  /** {@code len} bytes from {@code off}, without a copy. */
  public Bytes slice(int off, int len) {
    int from = range(off, len);
    return len == length ? this : new Bytes(data, from, len);
  }

  /** The same bytes with those from {@code off} replaced by {@code patch}. */
  public Bytes with(int off, Bytes patch) {
    range(off, patch.length);
    byte[] copy = toByteArray();
    patch.copyTo(0, copy, off, patch.length);
    return own(copy);
  }

  /** The same bytes with bit {@code bit} (0..7) of the byte at {@code off} inverted. */
  public Bytes withFlippedBit(int off, int bit) {
    range(off, 1);
    byte[] copy = toByteArray();
    copy[off] ^= (byte) (1 << bit);
    return own(copy);
  }

  /** A copy as an array. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(data, start, start + length);
  }

  /** Copies {@code len} bytes from {@code off} into {@code dst} at {@code dstOff}. */
  public void copyTo(int off, byte[] dst, int dstOff, int len) {
    System.arraycopy(data, range(off, len), dst, dstOff, len);
  }

  /** Whether all {@code len} bytes from {@code off} are zero. */
  public boolean isZero(int off, int len) {
    int at = range(off, len);
    int end = at + len;
    for (; at + 8 <= end; at += 8) {
      if ((long) U64.get(data, at) != 0) {
        return false;
      }
    }
    for (; at < end; at++) {
      if (data[at] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Lower-case hexadecimal digits, two a byte. */
  public String hex() {
    return HexFormat.of().formatHex(data, start, start + length);
  }

  /** SHA-256 of the whole string, 32 bytes. */
  public Bytes sha256() {
    MessageDigest digest = newSha256();
    digest.update(data, start, length);
    return own(digest.digest());
  }

  /** Feeds {@code len} bytes from {@code off} to {@code digest} without a copy. */
  public void updateDigest(MessageDigest digest, int off, int len) {
    digest.update(data, range(off, len), len);
  }

  /** A fresh SHA-256 of the JDK, which every Java platform must have. */
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform has no SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    return other instanceof Bytes that
        && length == that.length
        && (hash == 0 || that.hash == 0 || hash == that.hash)
        && Arrays.equals(
            data, start, start + length, that.data, that.start, that.start + that.length);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = 1;
      for (int i = start; i < start + length; i++) {
        h = 31 * h + data[i];
      }
      hash = h;
    }
    return h;
  }

  /** Content as hex when short, else size and the first bytes. */
  @Override
  public String toString() {
    return length <= 64 ? hex() : slice(0, 16).hex() + "... (" + length + " bytes)";
  }

  /** The index of {@code off} in {@code data}, once the range is known to be inside. */
  private int range(int off, int len) {
    checkRange(off, len, length);
    return start + off;
  }

  private static void checkRange(int off, int len, int length) {
    if ((off | len) < 0 || len > length - off) {
      throw new IndexOutOfBoundsException("bytes " + off + "+" + len + " of a string of " + length);
    }
  }
}
