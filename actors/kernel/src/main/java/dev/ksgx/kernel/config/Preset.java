package dev.ksgx.kernel.config;

/** A historical bundle of choices (driver.md 0). */
public enum Preset {
  /** The patch series of November 2017: deferred adds, an in-kernel launch enclave behind pipes. */
  V5("v5", AddMode.DEFERRED);

  private final String key;
  private final AddMode add;

  Preset(String key, AddMode add) {
    this.key = key;
    this.add = add;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }

  /** How this generation adds pages. */
  public AddMode add() {
    return add;
  }
}
