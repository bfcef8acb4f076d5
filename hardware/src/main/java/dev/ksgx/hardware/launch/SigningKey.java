package dev.ksgx.hardware.launch;

import dev.ksgx.hardware.structure.Bytes;
import java.math.BigInteger;

/** An RSA private key that can sign enclaves: 3072 bits, public exponent 3. */
public final class SigningKey {
  private final BigInteger modulus;
  private final BigInteger p;
  private final BigInteger q;
  private final BigInteger exponentP;
  private final BigInteger exponentQ;
  private final BigInteger inverseQ;

  private SigningKey(BigInteger p, BigInteger q) {
    this.modulus = p.multiply(q);
    this.p = p;
    this.q = q;
    this.exponentP = Rsa3072.EXPONENT.modInverse(p.subtract(BigInteger.ONE));
    this.exponentQ = Rsa3072.EXPONENT.modInverse(q.subtract(BigInteger.ONE));
    this.inverseQ = q.modInverse(p);
  }

  /**
   * The key with these parts.
   *
   * @throws IllegalArgumentException in one line, if the modulus has not exactly 3072 bits, the
   *     public exponent is not 3, or the primes do not make the modulus or are none
   */
  public static SigningKey of(
      BigInteger modulus, BigInteger publicExponent, BigInteger p, BigInteger q) {
    if (modulus.bitLength() != Rsa3072.BITS) {
      throw new IllegalArgumentException(
          "RSA key of " + modulus.bitLength() + " bits, expected " + Rsa3072.BITS);
    }
    if (!publicExponent.equals(Rsa3072.EXPONENT)) {
      throw new IllegalArgumentException(
          "RSA key with public exponent " + publicExponent + ", expected 3");
    }
    if (p.signum() <= 0 || q.signum() <= 0 || !p.multiply(q).equals(modulus)) {
      throw new IllegalArgumentException("RSA key whose primes do not make its modulus");
    }
    try {
      SigningKey key = new SigningKey(p, q);
      if (key.power(BigInteger.TWO).modPow(Rsa3072.EXPONENT, modulus).equals(BigInteger.TWO)) {
        return key;
      }
    } catch (ArithmeticException e) {
      // No inverse exists: the same finding as a trial that fails.
    }
    throw new IllegalArgumentException("RSA key whose factors are not two primes for exponent 3");
  }

  /** MODULUS as it stands in a SIGSTRUCT: 384 bytes, little-endian. */
  public Bytes modulus() {
    return Rsa3072.littleEndian(modulus);
  }

  /** MRSIGNER of all enclaves this key signs. */
  public Bytes mrsigner() {
    return modulus().sha256();
  }

  BigInteger modulusNumber() {
    return modulus;
  }

  /**
   * {@code message} to the private exponent modulo the modulus, by the Chinese remainder theorem.
   */
  BigInteger power(BigInteger message) {
    BigInteger rootP = message.modPow(exponentP, p);
    BigInteger rootQ = message.modPow(exponentQ, q);
    return rootP.subtract(rootQ).multiply(inverseQ).mod(p).multiply(q).add(rootQ);
  }
}
