package dev.ksgx.hardware.structure;

/** What the signature check of EINIT says about a SIGSTRUCT (isa.md 5). */
public enum SignatureVerdict {
  /** SIGNATURE cubed modulo MODULUS is the padded hash, and Q1 and Q2 are exact. */
  VALID,
  /** SIGNATURE is not below MODULUS; refused by a model choice (isa.md 5.5). */
  SIGNATURE_NOT_BELOW_MODULUS,
  /** Q1 is not floor(S^2 / N); refused by a model choice (isa.md 5.5). */
  INEXACT_Q1,
  /** Q2 is not floor(S * (S^2 mod N) / N); refused by a model choice (isa.md 5.5). */
  INEXACT_Q2,
  /** The quotients are exact, but the recombined number is not the padded hash. */
  BAD_SIGNATURE;

  /** Whether EINIT goes on; otherwise it ends with code 8. */
  public boolean isValid() {
    return this == VALID;
  }
}
