package dev.ksgx.hardware.image;

import dev.ksgx.hardware.launch.SigningKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys that sign the sample enclaves. They lie in the open, as resources of this package, and
 * protect nothing: a model needs signers that differ, not signers that are secret.
 */
public final class ModelKeys {
  /** Number of different signers of ordinary enclaves. */
  public static final int SIGNERS = 8;

  /** Number of different signers of launch enclaves. */
  public static final int LAUNCH_ENCLAVE_SIGNERS = 8;

  /** Read when they are first asked for: a key is checked by an RSA operation. */
  private static final ConcurrentHashMap<String, SigningKey> READ = new ConcurrentHashMap<>();

  private ModelKeys() {}

  /** The key of the sample launch enclave: that of signer 0. */
  public static SigningKey launchEnclave() {
    return launchEnclave(0);
  }

  /**
   * The key of the launch enclaves of signer {@code number}, 0 to {@link #LAUNCH_ENCLAVE_SIGNERS} -
   * 1.
   *
   * @throws IllegalArgumentException if there is no such signer
   */
  public static SigningKey launchEnclave(int number) {
    check("model launch enclave signer", number, LAUNCH_ENCLAVE_SIGNERS);
    return read(number == 0 ? "model-le-key.pem" : "model-le-key-" + number + ".pem");
  }

  /**
   * The key of signer {@code number}, 0 to {@link #SIGNERS} - 1.
   *
   * @throws IllegalArgumentException if there is no such signer
   */
  public static SigningKey signer(int number) {
    check("model signer", number, SIGNERS);
    return read("model-signer-key-" + number + ".pem");
  }

  private static void check(String what, int number, int signers) {
    if (number < 0 || number >= signers) {
      throw new IllegalArgumentException(what + " " + number + ", expected 0 to " + (signers - 1));
    }
  }

  private static SigningKey read(String resource) {
    return READ.computeIfAbsent(resource, ModelKeys::load);
  }

  private static SigningKey load(String resource) {
    try (InputStream in = ModelKeys.class.getResourceAsStream(resource)) {
      return SigningKeyFile.read(new InputStreamReader(in, StandardCharsets.US_ASCII), resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
