package dev.ksgx.cli;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;

/** Files to run commands on. */
final class Samples {
  private Samples() {}

  /** The tiny sample enclave as an SGXS file. */
  static Path sgxs(Path folder) throws IOException {
    return Files.write(
        folder.resolve("tiny.sgxs"), SampleEnclaves.tiny().image().toSgxs().toByteArray());
  }

  /** Its SIGSTRUCT. */
  static Path sigStruct(Path folder) throws IOException {
    return sigStruct(folder, SampleEnclaves.tiny());
  }

  /** The SIGSTRUCT of an enclave. */
  static Path sigStruct(Path folder, SignedEnclave enclave) throws IOException {
    return Files.write(
        folder.resolve(enclave.image().name() + ".sig"), enclave.sigStruct().bytes().toByteArray());
  }

  /** A fresh RSA key of that size and public exponent in PKCS#8 PEM. */
  static Path key(Path folder, int bits, int exponent) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(new RSAKeyGenParameterSpec(bits, BigInteger.valueOf(exponent)));
      byte[] der = generator.generateKeyPair().getPrivate().getEncoded();
      String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
      StringWriter pem = new StringWriter();
      pem.write("-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
      return Files.writeString(
          folder.resolve("key-" + bits + "-" + exponent + ".pem"), pem.toString());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
