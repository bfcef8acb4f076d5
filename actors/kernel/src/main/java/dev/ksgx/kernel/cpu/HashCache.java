package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.launch.LaunchControlMsrs;

/**
 * What the driver last wrote to the hash MSRs of one core (driver.md 4). Who else writes them, a
 * guest's EINIT or a sleep, does not tell it.
 */
final class HashCache {
  private static final int WORDS = 4;

  private final long[] values = new long[WORDS];
  private int written;

  /** Whether the driver last wrote that. */
  boolean holds(int msr, long value) {
    int word = msr - LaunchControlMsrs.LE_PUBKEY_HASH0;
    return (written & 1 << word) != 0 && values[word] == value;
  }

  /** The driver writes that. */
  void wrote(int msr, long value) {
    int word = msr - LaunchControlMsrs.LE_PUBKEY_HASH0;
    values[word] = value;
    written |= 1 << word;
  }
}
