package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.platform.Cpuid;

/** The leaf functions that the machine has (isa.md 3.1). */
public enum Leaf {
  ECREATE(0x00, true),
  EADD(0x01, true),
  EINIT(0x02, true),
  EREMOVE(0x03, true),
  EDBGRD(0x04, true),
  EDBGWR(0x05, true),
  EEXTEND(0x06, true),
  ELDB(0x07, true),
  ELDU(0x08, true),
  EBLOCK(0x09, true),
  EPA(0x0a, true),
  EWB(0x0b, true),
  ETRACK(0x0c, true),
  ERDINFO(0x10, true),
  ETRACKC(0x11, true),
  ELDBC(0x12, true),
  ELDUC(0x13, true),
  EREPORT(0x00, false),
  EGETKEY(0x01, false),
  EENTER(0x02, false),
  ERESUME(0x03, false),
  EEXIT(0x04, false);

  private final int number;
  private final boolean encls;

  Leaf(int number, boolean encls) {
    this.number = number;
    this.encls = encls;
  }

  /** The number in EAX. */
  public int number() {
    return number;
  }

  /** Whether the processor has it (step 5 of the gate). */
  public boolean isSupported(Cpuid cpuid) {
    return switch (this) {
      case ERDINFO, ETRACKC, ELDBC, ELDUC -> cpuid.oversubscription();
      default -> true;
    };
  }

  /** Whether it belongs to ENCLS (supervisor); otherwise to ENCLU (user). */
  public boolean isEncls() {
    return encls;
  }
}
