package dev.ksgx.kernel.config;

/**
 * Who says whose hash IA32_SGXLEPUBKEYHASH holds at an EINIT. An EINITTOKEN does not carry the
 * signer of the launch enclave that made it, so a kernel that takes tokens must be told (design.md
 * 9).
 */
public enum HashSource {
  /** The kernel's own launch enclave: its signer's hash. */
  KERNEL_LE("kernel-le"),
  /** What was written to every core when the driver was loaded, for good. */
  BOOT("boot"),
  /** The caller, once for each open file: its own tokens alone depend on it. */
  PER_FD("per-fd"),
  /** A privileged process, for the whole machine. */
  IOCTL("ioctl"),
  /** Nobody: it is the signer of the enclave that is initialised. */
  SIGNER("signer");

  private final String key;

  HashSource(String key) {
    this.key = key;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }
}
