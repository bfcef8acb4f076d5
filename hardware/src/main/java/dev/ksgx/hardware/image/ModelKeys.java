package dev.ksgx.hardware.image;

import dev.ksgx.hardware.launch.SigningKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The keys that sign the sample enclaves. They lie in the open, as resources of this package, and
 * protect nothing: a model needs signers that differ, not signers that are secret.
 */
public final class ModelKeys {
  /** Number of different signers of ordinary enclaves. */
  public static final int SIGNERS = 4;

  private static final SigningKey LAUNCH_ENCLAVE = load("model-le-key.pem");
  private static final SigningKey[] SIGNER = new SigningKey[SIGNERS];

  static {
    for (int i = 0; i < SIGNERS; i++) {
      SIGNER[i] = load("model-signer-key-" + i + ".pem");
    }
  }

  private ModelKeys() {}

  /** The key of the sample launch enclave. */
  public static SigningKey launchEnclave() {
    return LAUNCH_ENCLAVE;
  }

  /**
   * The key of signer {@code number}, 0 to {@link #SIGNERS} - 1.
   *
   * @throws IllegalArgumentException if there is no such signer
   */
  public static SigningKey signer(int number) {
    if (number < 0 || number >= SIGNERS) {
      throw new IllegalArgumentException(
          "model signer " + number + ", expected 0 to " + (SIGNERS - 1));
    }
    return SIGNER[number];
  }

  private static SigningKey load(String resource) {
    try (InputStream in = ModelKeys.class.getResourceAsStream(resource)) {
      return SigningKeyFile.read(new InputStreamReader(in, StandardCharsets.US_ASCII), resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
