package dev.ksgx.hardware.launch;

import dev.ksgx.hardware.structure.Bytes;
import java.math.BigInteger;

/** Numbers of 3072 bits and the padded hash, as SIGSTRUCT uses them (isa.md 5). */
final class Rsa3072 {
  static final int SIZE = 384;
  static final int BITS = 8 * SIZE;
  static final BigInteger EXPONENT = BigInteger.valueOf(3);

  private static final int DIGEST_SIZE = 32;

  /** 00 01, 330 x ff, 00 and the ASN.1 prefix of a SHA-256 digest: the constant 352 bytes. */
  static final Bytes PADDING =
      Bytes.fromHex("0001" + "ff".repeat(330) + "00" + "3031300d060960864801650304020105000420");

  private Rsa3072() {}

  /** The number stored little-endian in {@code bytes}. */
  static BigInteger number(Bytes bytes) {
    byte[] bigEndian = new byte[bytes.length()];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = bytes.get(bigEndian.length - 1 - i);
    }
    return new BigInteger(1, bigEndian);
  }

  /** 384 bytes, little-endian; the number must be below 2^3072. */
  static Bytes littleEndian(BigInteger number) {
    byte[] bigEndian = number.toByteArray();
    byte[] image = new byte[SIZE];
    for (int i = 0; i < SIZE && i < bigEndian.length; i++) {
      image[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return Bytes.copyOf(image);
  }

  /** EM of isa.md 5.2 as a number: the constant padding, then the digest, read big-endian. */
  static BigInteger paddedHash(Bytes digest) {
    byte[] em = new byte[SIZE];
    PADDING.copyTo(0, em, 0, PADDING.length());
    digest.copyTo(0, em, PADDING.length(), DIGEST_SIZE);
    return new BigInteger(1, em);
  }
}
