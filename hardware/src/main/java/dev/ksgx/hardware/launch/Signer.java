package dev.ksgx.hardware.launch;

import dev.ksgx.hardware.structure.SigStruct;
import java.math.BigInteger;

/** Signs enclaves: fills MODULUS, SIGNATURE, Q1 and Q2 of a SIGSTRUCT (isa.md 5). */
public final class Signer {
  private Signer() {}

  /**
   * {@code body} signed by {@code key}. HEADER and all other signed fields are taken as they are,
   * so that a SIGSTRUCT with a valid signature and an illegal header can be made too.
   * Deterministic.
   */
  public static SigStruct sign(SigStruct.Builder body, SigningKey key) {
    SigStruct unsigned = body.build();
    BigInteger modulus = key.modulusNumber();
    BigInteger signature = key.power(Rsa3072.paddedHash(unsigned.signedBytes().sha256()));
    BigInteger[] first = signature.multiply(signature).divideAndRemainder(modulus);
    BigInteger q2 = signature.multiply(first[1]).divide(modulus);
    return unsigned.toBuilder()
        .modulus(key.modulus())
        .exponent(SigStruct.LEGAL_EXPONENT)
        .signature(Rsa3072.littleEndian(signature))
        .q1(Rsa3072.littleEndian(first[0]))
        .q2(Rsa3072.littleEndian(q2))
        .build();
  }
}
