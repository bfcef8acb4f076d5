package dev.ksgx.protocol.abi;

/**
 * What a message is for: one launch, one destruction, one start of the launch enclave. Unique since
 * boot; 0 is the boot itself.
 */
public record RequestId(long value) {
  /** The boot of the kernel. */
  public static final RequestId BOOT = new RequestId(0);
}
