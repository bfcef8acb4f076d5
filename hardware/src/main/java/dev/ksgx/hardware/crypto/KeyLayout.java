package dev.ksgx.hardware.crypto;

/** How the values that enter a key are laid out before the CMAC (isa.md 7.5). */
public enum KeyLayout {
  /** The model's own: all rows of {@link KeyField}, keyed with the device root. */
  MODEL,
  /** That of the Intel SDK's simulation mode: its structures, its fixed keys, its CPUSVN rules. */
  SDK_SIMULATION
}
