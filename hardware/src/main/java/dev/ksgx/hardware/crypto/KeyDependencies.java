package dev.ksgx.hardware.crypto;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;

/** The values that enter one key (isa.md 7.3); a row that is not set is 0. Not thread-safe. */
public final class KeyDependencies {
  private final byte[] image = new byte[KeyField.layoutSize()];

  /** Dependencies of the key with this KEYNAME, all other rows 0. */
  public KeyDependencies(int keyName) {
    set(KeyField.KEYNAME, keyName);
  }

  /** Sets a row to a number, little-endian. */
  public KeyDependencies set(KeyField field, int value) {
    for (int i = 0; i < field.size(); i++) {
      image[field.offset() + i] = (byte) (value >>> 8 * i);
    }
    return this;
  }

  /** Sets a row to bytes of exactly its size. */
  public KeyDependencies set(KeyField field, Bytes value) {
    if (value.length() != field.size()) {
      throw new IllegalArgumentException(
          field + ": " + value.length() + " bytes, expected " + field.size());
    }
    value.copyTo(0, image, field.offset(), field.size());
    return this;
  }

  /** Sets a row to ATTRIBUTES. */
  public KeyDependencies set(KeyField field, Attributes value) {
    return set(field, value.bytes());
  }

  int keyName() {
    return image[KeyField.KEYNAME.offset()] & 0xff
        | (image[KeyField.KEYNAME.offset() + 1] & 0xff) << 8;
  }

  /** All rows in the model's layout. */
  Bytes all() {
    return Bytes.copyOf(image);
  }

  void copy(KeyField field, byte[] target, int at) {
    System.arraycopy(image, field.offset(), target, at, field.size());
  }
}
