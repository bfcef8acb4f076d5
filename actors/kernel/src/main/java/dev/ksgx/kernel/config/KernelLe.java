package dev.ksgx.kernel.config;

/**
 * The kernel's launch enclave.
 *
 * @param channel how the kernel and the process of the launch enclave talk
 * @param threads threads of the process that serve requests, from 1; no more than {@code tcs} of
 *     them can be inside at a time
 * @param tcs TCSs of the enclave, from 1: each adds pages to its image and time to its start
 */
public record KernelLe(Channel channel, int threads, int tcs) {
  /** The launch enclave of every historical driver: one thread, one TCS. */
  public static KernelLe single(Channel channel) {
    return new KernelLe(channel, 1, 1);
  }

  /** How the kernel and the process of the launch enclave talk (driver.md 5.1, 5.2). */
  public enum Channel {
    /** Two pipes, byte streams without request ids; one mutex around everything: v5. */
    PIPES("pipes"),
    /** One shared slot with two flags and no request id; the hash has a lock apart: v6 to v10. */
    SLOT("slot"),
    /** The slot behind three ioctls, of which one reports errors; restarts by itself: v11. */
    IOCTLS("ioctls");

    private final String key;

    Channel(String key) {
      this.key = key;
    }

    /** The name used in configuration. */
    public String key() {
      return key;
    }
  }

  /** Launch-enclave threads that can work at the same time. */
  public int servers() {
    return Math.min(threads, tcs);
  }
}
