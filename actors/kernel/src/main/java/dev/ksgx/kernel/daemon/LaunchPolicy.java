package dev.ksgx.kernel.daemon;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.UserLe;
import java.nio.file.Path;

/** Which enclaves get a token. */
@FunctionalInterface
interface LaunchPolicy {
  /**
   * Why the enclave gets none, one line; empty if it gets one.
   *
   * @param mrsigner 32 bytes
   */
  String refusal(Bytes mrsigner, Attributes attributes);

  /**
   * The policy of a configuration.
   *
   * @param policy {@link UserLe#EVERYTHING}, {@link UserLe#DEBUG_ONLY} or the path of a white list
   * @throws IllegalArgumentException if the file is none; one line: what, where, what would be
   *     right
   */
  static LaunchPolicy of(String policy) {
    return switch (policy) {
      case UserLe.EVERYTHING -> (mrsigner, attributes) -> "";
      case UserLe.DEBUG_ONLY ->
          (mrsigner, attributes) ->
              isDebug(attributes) ? "" : "the policy gives tokens to debug enclaves only";
      default -> {
        WhiteList list = WhiteList.read(Path.of(policy));
        yield (mrsigner, attributes) ->
            isDebug(attributes) || list.contains(mrsigner)
                ? ""
                : "signer " + mrsigner.hex() + " is not on white list " + list.version();
      }
    };
  }

  private static boolean isDebug(Attributes attributes) {
    return (attributes.flags() & Attributes.DEBUG) != 0;
  }
}
