package dev.ksgx.hardware.launch;

import dev.ksgx.hardware.image.ModelKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The embedded model keys, and their parts as the JDK reads them. */
final class TestKeys {
  private TestKeys() {}

  static SigningKey first() {
    return ModelKeys.signer(0);
  }

  static SigningKey second() {
    return ModelKeys.signer(1);
  }

  /** Modulus and the two primes of model signer key 0. */
  static BigInteger[] parts() {
    try (InputStream in = ModelKeys.class.getResourceAsStream("model-signer-key-0.pem")) {
      String pem = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      String body =
          pem.substring(pem.indexOf("KEY-----") + 8, pem.indexOf("-----END")).replaceAll("\\s", "");
      RSAPrivateCrtKey key =
          (RSAPrivateCrtKey)
              KeyFactory.getInstance("RSA")
                  .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
      return new BigInteger[] {key.getModulus(), key.getPrimeP(), key.getPrimeQ()};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
