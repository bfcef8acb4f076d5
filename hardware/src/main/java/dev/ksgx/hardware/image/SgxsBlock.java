package dev.ksgx.hardware.image;

import dev.ksgx.hardware.measure.Measurement;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Tags and sizes of the blocks of an SGXS stream. */
final class SgxsBlock {
  /** Bytes of a block without data. */
  static final int SIZE = 64;

  /** Bytes of a block with its chunk of data. */
  static final int WITH_DATA = SIZE + Measurement.CHUNK;

  static final long ECREATE = tag("ECREATE");
  static final long EADD = tag("EADD");
  static final long EEXTEND = tag("EEXTEND");

  /** Data that is loaded but not measured; shaped like EEXTEND. */
  static final long UNMEASRD = tag("UNMEASRD");

  /** ECREATE of a stream whose SIZE is not decided; it has no measurement yet. */
  static final long UNSIZED = tag("UNSIZED");

  private SgxsBlock() {}

  private static long tag(String name) {
    byte[] bytes = new byte[8];
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, bytes, 0, ascii.length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }
}
