package dev.ksgx.hardware.image;

import dev.ksgx.hardware.launch.SigningKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Reads signing keys from PEM: PKCS#1 ("RSA PRIVATE KEY") and PKCS#8 ("PRIVATE KEY"). */
public final class SigningKeyFile {
  private static final String EXPECTED = "expected a PEM RSA private key, not encrypted";

  private SigningKeyFile() {}

  /**
   * The key in {@code file}.
   *
   * @throws ImageFormatException if the file holds no such key, or a key of another size or
   *     exponent
   * @throws IOException if it cannot be read
   */
  public static SigningKey read(Path file) throws IOException {
    // Latin-1 takes any byte, so that a binary file is refused for what it is.
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      return read(in, file.toString());
    }
  }

  /** The key in {@code pem}; {@code where} names it in errors. */
  static SigningKey read(Reader pem, String where) throws IOException {
    RSAPrivateKey key;
    try {
      PrivateKeyInfo info = privateKey(new PEMParser(pem).readObject(), where);
      if (!info.getPrivateKeyAlgorithm()
          .getAlgorithm()
          .equals(PKCSObjectIdentifiers.rsaEncryption)) {
        throw new ImageFormatException(where, "private key is not an RSA key; " + EXPECTED);
      }
      key = RSAPrivateKey.getInstance(info.parsePrivateKey());
    } catch (ImageFormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new ImageFormatException(where, "not readable as PEM; " + EXPECTED);
    }
    try {
      return SigningKey.of(
          key.getModulus(), key.getPublicExponent(), key.getPrime1(), key.getPrime2());
    } catch (IllegalArgumentException e) {
      throw new ImageFormatException(where, e.getMessage());
    }
  }

  private static PrivateKeyInfo privateKey(Object content, String where)
      throws ImageFormatException {
    if (content instanceof PEMKeyPair pair) {
      return pair.getPrivateKeyInfo();
    }
    if (content instanceof PrivateKeyInfo info) {
      return info;
    }
    String found = content == null ? "no PEM object" : "a " + content.getClass().getSimpleName();
    throw new ImageFormatException(where, found + "; " + EXPECTED);
  }
}
