package dev.ksgx.load.faults;

import java.util.Locale;

/** What an administrator does about it, each after the one before was of no use. */
public enum Remedy {
  /** Everybody just tries again. */
  NOTHING("nothing"),
  /** kill -9 of the launch enclave's process or the daemon; the next who needs it starts it. */
  RESTART("restart"),
  /** kill -9 of all who have the device open. */
  LAST_CLOSE("last close"),
  /** The driver's module is removed and loaded again, with nobody left. */
  RELOAD("reload"),
  /**
   * Another, sound program in place of the launch enclave's or the daemon's. The kernel's is part
   * of the module, which is loaded anew with it.
   */
  REPLACE("replace");

  private final String inWords;

  Remedy(String inWords) {
    this.inWords = inWords;
  }

  /** As tables have it. */
  public String inWords() {
    return inWords;
  }

  /** Lower case with hyphens. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
