package dev.ksgx.hardware.structure;

/** Page types PT of SECINFO and EPCM (isa.md 1.2); the ordinal is the number in the PT field. */
public enum PageType {
  SECS,
  TCS,
  REG,
  VA,
  TRIM,
  SS_FIRST,
  SS_REST;

  private static final PageType[] BY_NUMBER = values();

  /** The type with this number, or null if the number names none. */
  public static PageType of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }

  /** Whether such a page belongs to an enclave: TCS, REG or TRIM on a processor without CET. */
  public boolean isOfEnclave() {
    return this == TCS || this == REG || this == TRIM;
  }

  /** The number in the PT field. */
  public int number() {
    return ordinal();
  }
}
