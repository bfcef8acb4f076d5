package dev.ksgx.hardware.crypto;

/**
 * The rows of isa.md 7.3: everything that can enter a key, in the order and at the offsets of the
 * model's own layout (isa.md 7.5 leaves it open). All rows enter every key, with zeros where the
 * table says 0, so that two requests that differ in a row give different keys.
 */
public enum KeyField {
  KEYNAME(2),
  KEYPOLICY(2),
  ISVPRODID(2),
  ISVSVN(2),
  CONFIGSVN(2),
  MISCSELECT(4),
  MISCMASK(4),
  ATTRIBUTES(16),
  ATTRIBUTESMASK(16),
  ISVFAMILYID(16),
  ISVEXTPRODID(16),
  SGXOWNEREPOCH(16),
  SEAL_KEY_FUSES(16),
  CPUSVN(16),
  MRENCLAVE(32),
  MRSIGNER(32),
  KEYID(32),
  CONFIGID(64),
  PADDING(352);

  private final int size;
  private int offset;

  static {
    int next = 0;
    for (KeyField field : values()) {
      field.offset = next;
      next += field.size;
    }
  }

  KeyField(int size) {
    this.size = size;
  }

  /** Bytes of the field. */
  public int size() {
    return size;
  }

  /** Offset in the model's layout, bytes. */
  public int offset() {
    return offset;
  }

  /** Bytes of the whole layout. */
  public static int layoutSize() {
    return PADDING.offset + PADDING.size;
  }
}
