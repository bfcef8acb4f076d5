package dev.ksgx.hardware.structure;

import java.util.ArrayList;
import java.util.List;

/**
 * The layout table of one structure: its fields in order, without gap or overlap, to its exact size
 * (isa.md 1). A structure declares its fields as constants through {@link Builder}, so the
 * constants are the table.
 */
public final class Layout {
  /** When the bytes of a field carry a value; otherwise hardware wants them to be zero. */
  public enum Use {
    /** Always. */
    VALUE,
    /** Only where key separation and sharing (KSS) is in use; reserved without. */
    KSS,
    /** Only on processors with control-flow enforcement (CET), which the machine is not. */
    CET,
    /** Never. */
    RESERVED
  }

  /** One row: offset and size in bytes. */
  public record Field(String name, int offset, int size, Use use) {
    /** Offset of the first byte after the field. */
    public int end() {
      return offset + size;
    }
  }

  private final String name;
  private final int size;
  private final List<Field> fields;

  private Layout(String name, int size, List<Field> fields) {
    this.name = name;
    this.size = size;
    this.fields = fields;
  }

  /** Starts the table of structure {@code name} of {@code size} bytes. */
  static Builder of(String name, int size) {
    return new Builder(name, size);
  }

  /** The manual's name of the structure. */
  public String name() {
    return name;
  }

  /** Size in bytes. */
  public int size() {
    return size;
  }

  /** All rows, ascending. */
  public List<Field> fields() {
    return fields;
  }

  /**
   * Whether all bytes without a meaning are zero: reserved and CET fields, and the KSS fields too
   * unless {@code kss}.
   */
  public boolean reservedIsZero(Bytes image, boolean kss) {
    for (Field field : fields) {
      boolean meaningful = field.use() == Use.VALUE || (kss && field.use() == Use.KSS);
      if (!meaningful && !image.isZero(field.offset(), field.size())) {
        return false;
      }
    }
    return true;
  }

  /** Refuses an image of another size. */
  void checkSize(Bytes image) {
    if (image.length() != size) {
      throw new IllegalArgumentException(name + ": " + image.length() + " bytes, expected " + size);
    }
  }

  /** Collects rows; a row that carries a value is handed back, to be kept as a constant. */
  static final class Builder {
    private final String name;
    private final int size;
    private final List<Field> fields = new ArrayList<>();

    private Builder(String name, int size) {
      this.name = name;
      this.size = size;
    }

    Field field(String fieldName, int offset, int length) {
      return row(fieldName, offset, length, Use.VALUE);
    }

    Field kss(String fieldName, int offset, int length) {
      return row(fieldName, offset, length, Use.KSS);
    }

    Builder cet(String fieldName, int offset, int length) {
      row(fieldName, offset, length, Use.CET);
      return this;
    }

    Builder reserved(int offset, int length) {
      row("reserved@" + offset, offset, length, Use.RESERVED);
      return this;
    }

    private Field row(String fieldName, int offset, int length, Use use) {
      int end = fields.isEmpty() ? 0 : fields.get(fields.size() - 1).end();
      if (offset != end) {
        throw new IllegalStateException(
            name + "." + fieldName + " at " + offset + ", but the row before ends at " + end);
      }
      Field field = new Field(fieldName, offset, length, use);
      fields.add(field);
      return field;
    }

    Layout build() {
      int end = fields.get(fields.size() - 1).end();
      if (end != size) {
        throw new IllegalStateException(name + " ends at " + end + ", expected " + size);
      }
      return new Layout(name, size, List.copyOf(fields));
    }
  }
}
