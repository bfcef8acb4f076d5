package dev.ksgx.hardware.structure;

import dev.ksgx.hardware.structure.Layout.Field;

/** An immutable structure: a byte image of the size its {@link Layout} says. Equal by content. */
public abstract class Struct {
  private final Layout layout;
  private final Bytes bytes;

  Struct(Layout layout, Bytes bytes) {
    layout.checkSize(bytes);
    this.layout = layout;
    this.bytes = bytes;
  }

  /** The layout table. */
  public final Layout layout() {
    return layout;
  }

  /** The whole image. */
  public final Bytes bytes() {
    return bytes;
  }

  final int u8(Field field) {
    return bytes.u8(field.offset());
  }

  final int u16(Field field) {
    return bytes.u16(field.offset());
  }

  final int u32(Field field) {
    return bytes.u32(field.offset());
  }

  final long u64(Field field) {
    return bytes.u64(field.offset());
  }

  final Bytes slice(Field field) {
    return bytes.slice(field.offset(), field.size());
  }

  final Attributes attributes(Field field) {
    return Attributes.parse(slice(field));
  }

  @Override
  public final boolean equals(Object other) {
    return this == other
        || (other instanceof Struct that && layout == that.layout && bytes.equals(that.bytes));
  }

  @Override
  public final int hashCode() {
    return bytes.hashCode();
  }

  /** Name of the structure and its fields that are not zero. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(layout.name()).append('{');
    for (Field field : layout.fields()) {
      Bytes value = slice(field);
      if (!value.isZero(0, value.length())) {
        text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ");
        text.append(field.name()).append('=').append(value);
      }
    }
    return text.append('}').toString();
  }
}
