package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.structure.Bytes;

/** Numbers as they lie in memory. */
final class LittleEndian {
  private LittleEndian() {}

  static Bytes u64(long value) {
    return bytes(value, 8);
  }

  static Bytes u32(int value) {
    return bytes(value, 4);
  }

  private static Bytes bytes(long value, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (value >>> 8 * i);
    }
    return Bytes.copyOf(bytes);
  }
}
