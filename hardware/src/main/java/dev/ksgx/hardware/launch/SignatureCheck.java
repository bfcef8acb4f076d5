package dev.ksgx.hardware.launch;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.SignatureVerdict;
import java.math.BigInteger;

/**
 * The signature check of EINIT (isa.md 5, and 6.1 step 6): RSA-3072 with exponent 3, without a
 * division, because SIGSTRUCT brings the quotients.
 *
 * <p>With S, N, Q1, Q2 of the SIGSTRUCT: R1 = S S - Q1 N and R2 = S R1 - Q2 N. If both lie in [0,
 * N) the quotients are exact and R2 = S^3 mod N, which must be the padded hash of the signed bytes.
 */
public final class SignatureCheck {
  /** The constant first 352 bytes of the padded hash: PADDING of every launched enclave. */
  public static final Bytes PKCS1_PADDING = Rsa3072.PADDING;

  private SignatureCheck() {}

  /**
   * The verdict on the signature of {@code sigStruct}, computed once for that object. HEADER,
   * VENDOR, EXPONENT and the reserved bytes are not looked at: they are an earlier step of EINIT.
   */
  public static SignatureVerdict verify(SigStruct sigStruct) {
    return sigStruct.verdict(SignatureCheck::compute);
  }

  /** The check itself, without the memory of {@link #verify}. */
  static SignatureVerdict compute(SigStruct sigStruct) {
    BigInteger modulus = Rsa3072.number(sigStruct.modulus());
    BigInteger signature = Rsa3072.number(sigStruct.signature());
    // MODEL: hardware's reaction to S >= N and to inexact quotients is not documented (isa.md 5.5).
    if (signature.compareTo(modulus) >= 0) {
      return SignatureVerdict.SIGNATURE_NOT_BELOW_MODULUS;
    }
    BigInteger q1 = Rsa3072.number(sigStruct.q1());
    BigInteger square = signature.multiply(signature).subtract(q1.multiply(modulus));
    if (!isResidue(square, modulus)) {
      return SignatureVerdict.INEXACT_Q1;
    }
    BigInteger q2 = Rsa3072.number(sigStruct.q2());
    BigInteger cube = signature.multiply(square).subtract(q2.multiply(modulus));
    if (!isResidue(cube, modulus)) {
      return SignatureVerdict.INEXACT_Q2;
    }
    return cube.equals(Rsa3072.paddedHash(sigStruct.signedBytes().sha256()))
        ? SignatureVerdict.VALID
        : SignatureVerdict.BAD_SIGNATURE;
  }

  private static boolean isResidue(BigInteger number, BigInteger modulus) {
    return number.signum() >= 0 && number.compareTo(modulus) < 0;
  }
}
