package dev.ksgx.hardware.image;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/**
 * Walks a stream block by block through one buffer. MRENCLAVE is the SHA-256 of the measured blocks
 * as they stand in the stream, so whole runs of the buffer go into the digest at once and only the
 * 64-byte headers are looked at.
 */
final class BlockScanner {
  private static final int BUFFER = 256 * 1024;
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final InputStream in;
  private final String where;
  private final BlockHandler handler;
  private final StreamRules rules = new StreamRules();
  private final MessageDigest digest = Bytes.newSha256();

  private final byte[] buffer = new byte[BUFFER];

  /** Next byte to look at, and end of what was read. */
  private int at;

  private int end;
  private boolean drained;

  /** First byte of the measured run that ends at {@link #at} and is not yet hashed. */
  private int runStart;

  /** Place of the buffer's first byte in the stream, bytes; and number of the current block. */
  private long origin;

  private long blockNumber;

  BlockScanner(InputStream in, String where, BlockHandler handler) {
    this.in = in;
    this.where = where;
    this.handler = handler;
  }

  /** Hands every block to the handler; the answer is MRENCLAVE. */
  Bytes scan() throws IOException {
    while (available(SgxsBlock.WITH_DATA) > 0) {
      if (end - at < SgxsBlock.SIZE && !rules.started()) {
        throw new ImageFormatException(
            where, (end - at) + " bytes; expected an SGXS stream, which starts with ECREATE");
      }
      if (end - at < SgxsBlock.SIZE) {
        throw wrong(
            (end - at) + " bytes at the end of the stream; expected a block of " + SgxsBlock.SIZE);
      }
      block();
      blockNumber++;
    }
    if (!rules.started()) {
      throw new ImageFormatException(where, "empty; expected an SGXS stream");
    }
    hashRun();
    return Bytes.copyOf(digest.digest());
  }

  /** Number of bytes in the stream up to here. */
  long position() {
    return origin + at;
  }

  private void block() throws IOException {
    long tag = u64(0);
    if (tag == SgxsBlock.EEXTEND || tag == SgxsBlock.UNMEASRD) {
      chunk(tag == SgxsBlock.EEXTEND);
    } else if (tag == SgxsBlock.EADD) {
      eadd();
    } else if (tag == SgxsBlock.ECREATE) {
      ecreate();
    } else if (tag == SgxsBlock.UNSIZED) {
      throw wrong("UNSIZED; expected ECREATE, because a stream without SIZE has no measurement");
    } else if (!rules.started()) {
      throw new ImageFormatException(
          where,
          "starts with " + tagBytes() + "; expected an SGXS stream, which starts with ECREATE");
    } else {
      throw wrong("tag " + tagBytes() + "; expected EADD, EEXTEND, UNMEASRD or the end");
    }
  }

  private void ecreate() throws ImageFormatException {
    int ssaFrameSize = (int) u64(8);
    long size = u64(8) >>> 32 | u64(16) << 32;
    requireZeros("ECREATE", 20);
    check(rules.ecreate(ssaFrameSize, size));
    handler.ecreate(ssaFrameSize, size);
    at += SgxsBlock.SIZE;
  }

  private void eadd() throws ImageFormatException {
    requireStarted("EADD");
    requireZeros("EADD", 24);
    long offset = u64(8);
    SecInfo secInfo = SecInfo.builder().flags(u64(16)).build();
    check(rules.eadd(offset, secInfo));
    handler.eadd(offset, secInfo);
    at += SgxsBlock.SIZE;
  }

  private void chunk(boolean measured) throws IOException {
    String name = measured ? "EEXTEND" : "UNMEASRD";
    requireStarted(name);
    requireZeros(name, 16);
    int data = end - at - SgxsBlock.SIZE;
    if (data < SgxsBlock.WITH_DATA - SgxsBlock.SIZE) {
      throw wrong(name + " with " + data + " bytes of data; expected 256");
    }
    long offset = u64(8);
    check(rules.chunk(name, offset, buffer, at + SgxsBlock.SIZE));
    handler.chunk(offset, measured, buffer, at + SgxsBlock.SIZE);
    if (!measured) {
      hashRun();
      runStart = at + SgxsBlock.WITH_DATA;
    }
    at += SgxsBlock.WITH_DATA;
  }

  private void requireStarted(String name) throws ImageFormatException {
    if (!rules.started()) {
      throw wrong(name + " before ECREATE; expected ECREATE as the first block");
    }
  }

  /** The rest of the block from byte {@code from} must be zero. */
  private void requireZeros(String name, int from) throws ImageFormatException {
    int first = (from + 7) & ~7;
    long seen = first == from ? 0 : u64(first - 8) >>> 8 * (8 - (first - from));
    for (int i = first; i < SgxsBlock.SIZE; i += 8) {
      seen |= u64(i);
    }
    if (seen != 0) {
      throw wrong(name + " whose bytes " + from + " to 63 are not all zero");
    }
  }

  private void check(String problem) throws ImageFormatException {
    if (problem != null) {
      throw wrong(problem);
    }
  }

  private ImageFormatException wrong(String problem) {
    return new ImageFormatException(
        where + ": block " + blockNumber + " at byte " + position(), problem);
  }

  private String tagBytes() {
    return Bytes.copyOf(buffer, at, 8).hex();
  }

  private long u64(int offset) {
    return (long) U64.get(buffer, at + offset);
  }

  private void hashRun() {
    digest.update(buffer, runStart, at - runStart);
    runStart = at;
  }

  /** Bytes in the buffer from {@link #at}: at least {@code wanted} unless the stream ends. */
  private int available(int wanted) throws IOException {
    if (end - at < wanted && !drained) {
      hashRun();
      System.arraycopy(buffer, at, buffer, 0, end - at);
      origin += at;
      end -= at;
      at = 0;
      runStart = 0;
      int read = in.readNBytes(buffer, end, BUFFER - end);
      drained = read < BUFFER - end;
      end += read;
    }
    return end - at;
  }
}
