package dev.ksgx.hardware.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.SignatureVerdict;
import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** EINIT steps 4 and 6 for every bit of a SIGSTRUCT (isa.md 5, 6.1). */
class SignatureCheckTest {
  private static final SigStruct SIGNED = SampleEnclaves.tiny().sigStruct();

  @Test
  void everyFlippedBitEndsWithTheCodeOfItsByte() {
    for (int at = 0; at < SIGNED.bytes().length(); at++) {
      for (int bit = 0; bit < 8; bit++) {
        SigStruct flipped = SigStruct.parse(SIGNED.bytes().withFlippedBit(at, bit));
        assertThat(code(flipped, true)).as("byte %d bit %d", at, bit).isEqualTo(expected(at, true));
        assertThat(code(flipped, false))
            .as("byte %d bit %d without KSS", at, bit)
            .isEqualTo(expected(at, false));
      }
    }
    assertThat(code(SIGNED, true)).isEqualTo(SgxCode.SUCCESS);
  }

  @Test
  void everyFlippedBitButThoseOfExponentAndUnsignedReservedBytesBreaksTheSignature() {
    for (int at = 0; at < SIGNED.bytes().length(); at++) {
      SigStruct flipped = SigStruct.parse(SIGNED.bytes().withFlippedBit(at, at % 8));
      boolean unsigned = (at >= 512 && at < 516) || (at >= 1028 && at < 1040);
      assertThat(SignatureCheck.verify(flipped).isValid()).as("byte %d", at).isEqualTo(unsigned);
    }
  }

  @Test
  void inexactQuotientsAreRefusedByTheModelEvenWhereTheyRecombine() {
    BigInteger one = BigInteger.ONE;
    BigInteger q1 = Rsa3072.number(SIGNED.q1());
    BigInteger q2 = Rsa3072.number(SIGNED.q2());
    BigInteger s = Rsa3072.number(SIGNED.signature());
    assertThat(verdict(SIGNED.toBuilder().q1(le(q1.add(one)))))
        .isEqualTo(SignatureVerdict.INEXACT_Q1);
    assertThat(verdict(SIGNED.toBuilder().q1(le(q1.subtract(one)))))
        .isEqualTo(SignatureVerdict.INEXACT_Q1);
    assertThat(verdict(SIGNED.toBuilder().q2(le(q2.add(one)))))
        .isEqualTo(SignatureVerdict.INEXACT_Q2);
    assertThat(verdict(SIGNED.toBuilder().q2(le(q2.subtract(one)))))
        .isEqualTo(SignatureVerdict.INEXACT_Q2);
    // S^3 - Q1 S N - Q2 N is the same for Q1 + 1 and Q2 - S.
    if (q2.compareTo(s) >= 0) {
      assertThat(verdict(SIGNED.toBuilder().q1(le(q1.add(one))).q2(le(q2.subtract(s)))))
          .isEqualTo(SignatureVerdict.INEXACT_Q1);
    }
    assertThat(verdict(SIGNED.toBuilder().q1(le(q1.subtract(one))).q2(le(q2.add(s)))))
        .isEqualTo(SignatureVerdict.INEXACT_Q1);
  }

  @Test
  void aSignatureThatIsNotBelowTheModulusIsRefusedByTheModel() {
    BigInteger n = Rsa3072.number(SIGNED.modulus());
    assertThat(verdict(SIGNED.toBuilder().signature(le(n))))
        .isEqualTo(SignatureVerdict.SIGNATURE_NOT_BELOW_MODULUS);
    assertThat(verdict(SIGNED.toBuilder().signature(Bytes.fromHex("ff".repeat(384)))))
        .isEqualTo(SignatureVerdict.SIGNATURE_NOT_BELOW_MODULUS);
    assertThat(verdict(SIGNED.toBuilder().modulus(Bytes.zeros(384))))
        .isEqualTo(SignatureVerdict.SIGNATURE_NOT_BELOW_MODULUS);
  }

  @Test
  void exactQuotientsOfAnotherMessageAreABadSignature() {
    SigStruct other = SIGNED.toBuilder().isvSvn(SIGNED.isvSvn() + 1).build();
    assertThat(SignatureCheck.verify(other)).isEqualTo(SignatureVerdict.BAD_SIGNATURE);
  }

  @Test
  void theZeroSignatureIsNotAWayIn() {
    SigStruct.Builder zero =
        SIGNED.toBuilder().signature(Bytes.zeros(384)).q1(Bytes.zeros(384)).q2(Bytes.zeros(384));
    assertThat(verdict(zero)).isEqualTo(SignatureVerdict.BAD_SIGNATURE);
  }

  @Test
  void aSigStructAsksForItsVerdictOnce() {
    SigStruct fresh = SigStruct.parse(Bytes.copyOf(SIGNED.bytes().toByteArray()));
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < 1000; i++) {
      SignatureVerdict verdict =
          fresh.verdict(
              sig -> {
                asked.incrementAndGet();
                return SignatureCheck.compute(sig);
              });
      assertThat(verdict).isEqualTo(SignatureVerdict.VALID);
    }
    assertThat(asked).hasValue(1);
    assertThat(fresh.mrsigner()).isSameAs(fresh.mrsigner());
  }

  private static int code(SigStruct sig, boolean kss) {
    if (!sig.headerIsLegal() || !sig.reservedBytesAreZero(kss)) {
      return SgxCode.INVALID_SIG_STRUCT;
    }
    return SignatureCheck.verify(sig).isValid() ? SgxCode.SUCCESS : SgxCode.INVALID_SIGNATURE;
  }

  /** Code 1 for HEADER, VENDOR, HEADER2, EXPONENT and reserved bytes, 8 for all others. */
  private static int expected(int at, boolean kss) {
    boolean header = at < 20 || (at >= 24 && at < 40) || (at >= 512 && at < 516);
    boolean reserved =
        (at >= 44 && at < 128)
            || (at >= 908 && at < 912)
            || (at >= 992 && at < 1008)
            || (at >= 1028 && at < 1040);
    boolean kssField = (at >= 912 && at < 928) || (at >= 1008 && at < 1024);
    return header || reserved || (kssField && !kss)
        ? SgxCode.INVALID_SIG_STRUCT
        : SgxCode.INVALID_SIGNATURE;
  }

  private static SignatureVerdict verdict(SigStruct.Builder sig) {
    return SignatureCheck.verify(sig.build());
  }

  private static Bytes le(BigInteger number) {
    return Rsa3072.littleEndian(number);
  }
}
