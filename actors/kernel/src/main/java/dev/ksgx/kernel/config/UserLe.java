package dev.ksgx.kernel.config;

import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.kernel.policy.LaunchPolicy;

/**
 * The daemon that makes tokens in user space (driver.md 5.4), or several that are alike: one for
 * each signer of launch enclaves, as vendors would ship them.
 *
 * @param workers threads that serve the launch queue, from 1
 * @param enclaves launch enclaves, from 1
 * @param threads TCSs of each launch enclave, and so workers that can be inside it, from 1
 * @param life when launch enclaves are there
 * @param idleNanos with {@link Life#ON_DEMAND}: an enclave idle for this long is destroyed
 * @param cache tokens that are kept
 * @param policy which enclaves get a token
 * @param clientTimeoutNanos a client gives up after this time
 * @param queueTimeoutNanos the daemon drops a request that waited for a worker this long
 * @param signers keys that sign launch enclaves, from 1: as many daemons, each with the workers and
 *     launch enclaves above
 */
public record UserLe(
    int workers,
    int enclaves,
    int threads,
    Life life,
    long idleNanos,
    TokenCache cache,
    LaunchPolicy policy,
    long clientTimeoutNanos,
    long queueTimeoutNanos,
    int signers) {
  public UserLe {
    if (signers < 1 || signers > ModelKeys.LAUNCH_ENCLAVE_SIGNERS) {
      throw new IllegalArgumentException(
          signers
              + " signers of launch enclaves, expected 1 to "
              + ModelKeys.LAUNCH_ENCLAVE_SIGNERS);
    }
  }

  /** aesmd of 2017: one worker, one launch enclave, no cache of its own, 15 s and 10 s. */
  public static UserLe aesmd() {
    return new UserLe(
        1,
        1,
        1,
        Life.ALWAYS,
        60_000_000_000L,
        TokenCache.NONE,
        LaunchPolicy.Fixed.EVERYTHING,
        15_000_000_000L,
        10_000_000_000L,
        1);
  }

  /** With launch enclaves of as many signers. */
  public UserLe withSigners(int other) {
    return new UserLe(
        workers,
        enclaves,
        threads,
        life,
        idleNanos,
        cache,
        policy,
        clientTimeoutNanos,
        queueTimeoutNanos,
        other);
  }

  /** When launch enclaves are there. */
  public enum Life {
    /** From the start of the daemon to its end. */
    ALWAYS("always"),
    /** From the first request that needs one until it has idled for long enough. */
    ON_DEMAND("on-demand");

    private final String key;

    Life(String key) {
      this.key = key;
    }

    /** The name used in configuration. */
    public String key() {
      return key;
    }
  }

  /**
   * Tokens kept by MRENCLAVE, MRSIGNER, ATTRIBUTES and CPUSVN.
   *
   * @param place who keeps them
   * @param capacity tokens kept by each keeper, the least recently used go first; from 1
   * @param expiryNanos a token older than this is made anew; 0: never
   * @param coalesce whether misses for a key that is being made wait for it instead of being made
   *     again
   */
  public record TokenCache(Place place, int capacity, long expiryNanos, boolean coalesce) {
    /** Every token is made anew. */
    public static final TokenCache NONE = new TokenCache(Place.NONE, 2048, 0, true);

    /** Who keeps tokens. */
    public enum Place {
      NONE("none"),
      /** The program that launches: a hit costs no round trip. */
      APPLICATION("application"),
      /** The daemon: a hit costs the socket, but no launch enclave. */
      DAEMON("daemon");

      private final String key;

      Place(String key) {
        this.key = key;
      }

      /** The name used in configuration. */
      public String key() {
        return key;
      }
    }
  }
}
