package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/**
 * A structure under construction: an image that starts as zeros or as another structure's bytes.
 */
abstract class StructBuilder {
  private final byte[] image;

  StructBuilder(Bytes start) {
    image = start.toByteArray();
  }

  /**
   * Stores the low bytes of {@code value}; a value that needs more than the field has is refused.
   */
  final void set(Field field, long value) {
    int bits = 8 * field.size();
    if (bits < 32 && value >>> bits != 0) {
      throw new IllegalArgumentException(
          field.name() + ": " + value + " does not fit into " + field.size() + " bytes");
    }
    for (int i = 0; i < field.size(); i++) {
      image[field.offset() + i] = (byte) (value >>> (8 * i));
    }
  }

  final void set(Field field, Bytes value) {
    if (value.length() != field.size()) {
      throw new IllegalArgumentException(
          field.name() + ": " + value.length() + " bytes, expected " + field.size());
    }
    value.copyTo(0, image, field.offset(), field.size());
  }

  final Bytes image() {
    return Bytes.copyOf(image);
  }
}
