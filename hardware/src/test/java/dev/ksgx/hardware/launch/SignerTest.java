package dev.ksgx.hardware.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.SignatureVerdict;
import java.math.BigInteger;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import org.junit.jupiter.api.Test;

/** Signing and checking, against the JDK's own RSA as the second opinion. */
class SignerTest {
  private static final SigningKey KEY = TestKeys.first();

  private static SigStruct.Builder body() {
    return SigStruct.builder()
        .date(0x20171113)
        .attributes(new Attributes(Attributes.MODE64BIT, 3))
        .enclaveHash(Bytes.fromHex("5a".repeat(32)))
        .isvProdId(7)
        .isvSvn(3);
  }

  @Test
  void whatIsSignedVerifiesAndNamesItsSigner() {
    SigStruct signed = Signer.sign(body(), KEY);
    assertThat(SignatureCheck.verify(signed)).isEqualTo(SignatureVerdict.VALID);
    assertThat(signed.mrsigner()).isEqualTo(KEY.mrsigner()).isEqualTo(signed.modulus().sha256());
    assertThat(signed.headerIsLegal()).isTrue();
    assertThat(signed.reservedBytesAreZero(false)).isTrue();
    assertThat(Signer.sign(body(), KEY)).isEqualTo(signed);
    assertThat(Signer.sign(body(), TestKeys.second()).mrsigner()).isNotEqualTo(KEY.mrsigner());
  }

  @Test
  void javaSecurityAgreesThatTheSignatureIsPkcs1OverTheSignedBytes() throws Exception {
    SigStruct signed = Signer.sign(body(), KEY);
    assertThat(javaSecurityVerifies(signed)).isTrue();
    assertThat(javaSecurityVerifies(signed.toBuilder().isvSvn(4).build())).isFalse();
  }

  @Test
  void quotientsAreThoseOfTheDefinition() {
    SigStruct signed = Signer.sign(body(), KEY);
    BigInteger n = Rsa3072.number(signed.modulus());
    BigInteger s = Rsa3072.number(signed.signature());
    BigInteger q1 = s.pow(2).divide(n);
    BigInteger q2 = s.pow(3).subtract(q1.multiply(s).multiply(n)).divide(n);
    assertThat(Rsa3072.number(signed.q1())).isEqualTo(q1);
    assertThat(Rsa3072.number(signed.q2())).isEqualTo(q2);
  }

  @Test
  void theFirst352BytesOfThePaddedHashAreTheConstant() {
    SigStruct signed = Signer.sign(body(), KEY);
    BigInteger n = Rsa3072.number(signed.modulus());
    Bytes em = bigEndian(Rsa3072.number(signed.signature()).modPow(BigInteger.valueOf(3), n));
    assertThat(em.slice(0, 352)).isEqualTo(SignatureCheck.PKCS1_PADDING);
    assertThat(em.slice(352, 32)).isEqualTo(signed.signedBytes().sha256());
  }

  @Test
  void keysOfAnotherSizeOrExponentAreRefusedInOneLine() {
    BigInteger p = BigInteger.ONE.shiftLeft(1023).add(BigInteger.ONE);
    assertThatThrownBy(() -> SigningKey.of(p.multiply(p), BigInteger.valueOf(3), p, p))
        .hasMessage("RSA key of 2047 bits, expected 3072");
    BigInteger[] parts = TestKeys.parts();
    assertThatThrownBy(() -> SigningKey.of(parts[0], BigInteger.valueOf(65537), parts[1], parts[2]))
        .hasMessage("RSA key with public exponent 65537, expected 3");
    assertThatThrownBy(() -> SigningKey.of(parts[0], BigInteger.valueOf(3), parts[1], parts[1]))
        .hasMessage("RSA key whose primes do not make its modulus");
    assertThatThrownBy(
            () -> SigningKey.of(parts[0], BigInteger.valueOf(3), BigInteger.ONE, parts[0]))
        .hasMessage("RSA key whose factors are not two primes for exponent 3");
    BigInteger odd = BigInteger.ONE.shiftLeft(1535).add(BigInteger.ONE.shiftLeft(1534));
    BigInteger composite = odd.setBit(0);
    BigInteger modulus = composite.multiply(parts[1]);
    assertThatThrownBy(() -> SigningKey.of(modulus, BigInteger.valueOf(3), composite, parts[1]))
        .hasMessage("RSA key whose factors are not two primes for exponent 3");
  }

  static boolean javaSecurityVerifies(SigStruct sig) throws Exception {
    Signature check = Signature.getInstance("SHA256withRSA");
    check.initVerify(
        java.security.KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(
                    Rsa3072.number(sig.modulus()), BigInteger.valueOf(sig.exponent()))));
    check.update(sig.signedBytes().toByteArray());
    return check.verify(bigEndian(Rsa3072.number(sig.signature())).toByteArray());
  }

  private static Bytes bigEndian(BigInteger number) {
    Bytes little = Rsa3072.littleEndian(number);
    byte[] big = new byte[little.length()];
    for (int i = 0; i < big.length; i++) {
      big[i] = little.get(big.length - 1 - i);
    }
    return Bytes.copyOf(big);
  }
}
