package dev.ksgx.kernel.policy;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;

/** Which enclaves get a token (driver.md 5.4). Policies are values: equal ones answer alike. */
public sealed interface LaunchPolicy permits LaunchPolicy.Fixed, WhiteList {
  /**
   * Why the enclave gets none, one line; empty if it gets one.
   *
   * @param mrsigner 32 bytes
   */
  String refusal(Bytes mrsigner, Attributes attributes);

  /** Policies that look at no signer. */
  enum Fixed implements LaunchPolicy {
    /** Every enclave gets a token. */
    EVERYTHING("everything") {
      @Override
      public String refusal(Bytes mrsigner, Attributes attributes) {
        return "";
      }
    },
    /** Only debug enclaves get one. */
    DEBUG_ONLY("debug") {
      @Override
      public String refusal(Bytes mrsigner, Attributes attributes) {
        return isDebug(attributes) ? "" : "the policy gives tokens to debug enclaves only";
      }
    };

    private final String key;

    Fixed(String key) {
      this.key = key;
    }

    /** The name used in configuration. */
    public String key() {
      return key;
    }
  }

  /** Whether an enclave can be debugged: such ones get a token of every launch enclave. */
  static boolean isDebug(Attributes attributes) {
    return (attributes.flags() & Attributes.DEBUG) != 0;
  }
}
