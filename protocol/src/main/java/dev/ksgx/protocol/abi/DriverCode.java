package dev.ksgx.protocol.abi;

/**
 * Positive ioctl results that the driver makes up beside the codes of the leaves (driver.md 0.2).
 */
public final class DriverCode {
  /** The enclave was lost when the machine was suspended. */
  public static final int POWER_LOST_ENCLAVE = 0x40000000;

  private DriverCode() {}
}
