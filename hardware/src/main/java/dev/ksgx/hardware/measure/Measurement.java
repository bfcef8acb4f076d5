package dev.ksgx.hardware.measure;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/**
 * The running measurement of one enclave (isa.md 4). It hashes what it is told: a caller that adds
 * a TCS passes what EADD stores ({@link SecInfo#asAdded()}, {@code Tcs.asAdded()}).
 */
public final class Measurement {
  /** Bytes of one EEXTEND chunk. */
  public static final int CHUNK = 256;

  /** Chunks of a page; also the number of bits in a measurement mask. */
  public static final int CHUNKS_PER_PAGE = 16;

  /** Mask that measures a whole page. */
  public static final int WHOLE_PAGE = 0xffff;

  static final long ECREATE_TAG = 0x0045544145524345L;
  static final long EADD_TAG = 0x0000000044444145L;
  static final long EEXTEND_TAG = 0x00444e4554584545L;

  private static final int BLOCK = 64;
  private static final int MEASURED_SECINFO = 48;
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final MessageDigest digest;
  private long blocks;

  private Measurement(MessageDigest digest, long blocks) {
    this.digest = digest;
    this.blocks = blocks;
  }

  /**
   * Starts a measurement with the ECREATE block.
   *
   * @param ssaFrameSize SECS.SSAFRAMESIZE, pages
   * @param sizeBytes SECS.SIZE, bytes
   */
  public static Measurement ecreate(int ssaFrameSize, long sizeBytes) {
    byte[] block = new byte[BLOCK];
    U64.set(block, 0, ECREATE_TAG);
    U64.set(block, 8, (ssaFrameSize & 0xffffffffL) | sizeBytes << 32);
    U64.set(block, 16, sizeBytes >>> 32);
    Measurement start = new Measurement(Bytes.newSha256(), 1);
    start.digest.update(block);
    return start;
  }

  /**
   * Absorbs the EADD block of a page.
   *
   * @param offset of the page from the base of ELRANGE, bytes
   */
  public void eadd(long offset, SecInfo secInfo) {
    addPage(offset, secInfo, Bytes.zeros(0), 0);
  }

  /**
   * Absorbs the five EEXTEND blocks of one chunk.
   *
   * @param offset of the page from the base of ELRANGE, bytes
   * @param page the page as stored in the EPC, 4096 bytes
   * @param pageOffset of the chunk in the page, bytes, a multiple of 256
   * @throws IllegalArgumentException if {@code pageOffset} names no chunk
   */
  public void eextend(long offset, Bytes page, int pageOffset) {
    checkChunk(pageOffset);
    absorbChunk(offset + pageOffset, page.slice(pageOffset, CHUNK));
  }

  /**
   * Absorbs EADD and then EEXTEND of each chunk whose bit is set in {@code mask}, ascending.
   *
   * @param mask bit i measures bytes 256 i .. 256 i + 255 of the page
   */
  public void addPage(long offset, SecInfo secInfo, Bytes page, int mask) {
    if (mask >>> CHUNKS_PER_PAGE != 0) {
      throw new IllegalArgumentException("measurement mask 0x" + Integer.toHexString(mask));
    }
    byte[] stream = new byte[BLOCK + Integer.bitCount(mask) * (BLOCK + CHUNK)];
    U64.set(stream, 0, EADD_TAG);
    U64.set(stream, 8, offset);
    secInfo.bytes().copyTo(0, stream, 16, MEASURED_SECINFO);
    int at = BLOCK;
    for (int chunk = 0; chunk < CHUNKS_PER_PAGE; chunk++) {
      if ((mask & 1 << chunk) != 0) {
        putChunk(stream, at, offset + chunk * CHUNK, page, chunk * CHUNK);
        at += BLOCK + CHUNK;
      }
    }
    absorb(stream);
  }

  /** Number of 64-byte blocks absorbed: 1 for ECREATE, 1 an EADD, 5 an EEXTEND. */
  public long blocks() {
    return blocks;
  }

  /** MRENCLAVE as it would be now; the measurement can go on. */
  public Bytes finish() {
    return Bytes.copyOf(copyDigest().digest());
  }

  /** An independent measurement in the same state. */
  Measurement copy() {
    return new Measurement(copyDigest(), blocks);
  }

  /** Absorbs 256 bytes of {@code chunk} that lie {@code offset} bytes above the base of ELRANGE. */
  void absorbChunk(long offset, Bytes chunk) {
    byte[] stream = new byte[BLOCK + CHUNK];
    putChunk(stream, 0, offset, chunk, 0);
    absorb(stream);
  }

  static void checkChunk(int pageOffset) {
    if (pageOffset < 0 || pageOffset >= CHUNKS_PER_PAGE * CHUNK || pageOffset % CHUNK != 0) {
      throw new IllegalArgumentException(
          "chunk at byte " + pageOffset + " of a page, expected a multiple of 256 below 4096");
    }
  }

  private static void putChunk(byte[] stream, int at, long offset, Bytes page, int pageOffset) {
    U64.set(stream, at, EEXTEND_TAG);
    U64.set(stream, at + 8, offset);
    page.copyTo(pageOffset, stream, at + BLOCK, CHUNK);
  }

  private void absorb(byte[] stream) {
    digest.update(stream);
    blocks += stream.length / BLOCK;
  }

  private MessageDigest copyDigest() {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(
          "SHA-256 of " + digest.getProvider() + " cannot be copied", e);
    }
  }
}
