package dev.ksgx.hardware.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ksgx.hardware.image.SigStructFile;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.SignatureVerdict;
import dev.ksgx.hardware.vectors.Vectors;
import dev.ksgx.hardware.vectors.Vectors.Vector;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SIGSTRUCTs and tokens made by others against their published facts. */
class SigStructVectorTest {
  static List<Vector> sigStructs() {
    return Vectors.ofKind("sigstruct");
  }

  static List<Vector> tokens() {
    return Vectors.ofKind("einittoken");
  }

  static List<Vector> rsaSignatures() {
    return Vectors.ofKind("rsa-signature");
  }

  @ParameterizedTest
  @MethodSource("sigStructs")
  void itsSignatureVerifiesHereAndByJavaSecurity(Vector vector) throws Exception {
    SigStruct sig = SigStructFile.read(vector.path());
    assertThat(vector.expected().get("signature_valid").asBoolean()).isTrue();
    assertThat(SignatureCheck.verify(sig)).isEqualTo(SignatureVerdict.VALID);
    assertThat(SignerTest.javaSecurityVerifies(sig)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("sigStructs")
  void itsFieldsAreThoseOfTheFacts(Vector vector) throws IOException {
    SigStruct sig = SigStructFile.read(vector.path());
    JsonNode facts = vector.expected();
    assertThat(sig.enclaveHash().hex()).isEqualTo(facts.get("mrenclave").asText());
    assertThat(sig.mrsigner().hex()).isEqualTo(facts.get("mrsigner").asText());
    for (int i = 0; i < 4; i++) {
      assertThat(String.format("%016x", sig.mrsigner().u64(8 * i)))
          .isEqualTo(facts.get("mrsigner_le64_words").get(i).asText());
    }
    assertThat(sig.header().equals(SigStruct.LEGAL_HEADER))
        .isEqualTo(facts.get("header_ok").asBoolean());
    assertThat(sig.header2().equals(SigStruct.LEGAL_HEADER2))
        .isEqualTo(facts.get("header2_ok").asBoolean());
    assertThat(sig.headerIsLegal()).isEqualTo(facts.get("header_ok").asBoolean());
    assertThat(hex32(sig.vendor())).isEqualTo(facts.get("vendor").asText());
    assertThat(String.format("%08x", sig.date())).isEqualTo(facts.get("date").asText());
    assertThat(hex32(sig.swDefined())).isEqualTo(facts.get("swdefined").asText());
    assertThat(sig.exponent()).isEqualTo(facts.get("exponent").asInt());
    assertThat(hex32(sig.miscSelect())).isEqualTo(facts.get("miscselect").asText());
    assertThat(hex32(sig.miscMask())).isEqualTo(facts.get("miscmask").asText());
    assertThat(sig.isvFamilyId().hex()).isEqualTo(facts.get("isvfamilyid").asText());
    assertThat(sig.isvExtProdId().hex()).isEqualTo(facts.get("isvextprodid").asText());
    assertThat(hex64(sig.attributes().flags())).isEqualTo(facts.get("attributes_flags").asText());
    assertThat(hex64(sig.attributes().xfrm())).isEqualTo(facts.get("attributes_xfrm").asText());
    assertThat(hex64(sig.attributeMask().flags()))
        .isEqualTo(facts.get("attributemask_flags").asText());
    assertThat(hex64(sig.attributeMask().xfrm()))
        .isEqualTo(facts.get("attributemask_xfrm").asText());
    assertThat(sig.attributes().has(Attributes.DEBUG))
        .isEqualTo(facts.get("debug_bit").asBoolean());
    assertThat(sig.attributes().has(Attributes.EINITTOKENKEY))
        .isEqualTo(facts.get("einittoken_key").asBoolean());
    assertThat(sig.isvProdId()).isEqualTo(facts.get("isvprodid").asInt());
    assertThat(sig.isvSvn()).isEqualTo(facts.get("isvsvn").asInt());
    assertThat(sig.reservedBytesAreZero(true))
        .isEqualTo(facts.get("reserved_all_zero").asBoolean());
  }

  @ParameterizedTest
  @MethodSource("sigStructs")
  void theBuilderMakesItAgainFromItsFields(Vector vector) throws IOException {
    SigStruct sig = SigStructFile.read(vector.path());
    SigStruct again =
        SigStruct.builder()
            .header(sig.header())
            .vendor(sig.vendor())
            .date(sig.date())
            .swDefined(sig.swDefined())
            .modulus(sig.modulus())
            .signature(sig.signature())
            .miscSelect(sig.miscSelect())
            .miscMask(sig.miscMask())
            .isvFamilyId(sig.isvFamilyId())
            .attributes(sig.attributes())
            .attributeMask(sig.attributeMask())
            .enclaveHash(sig.enclaveHash())
            .isvExtProdId(sig.isvExtProdId())
            .isvProdId(sig.isvProdId())
            .isvSvn(sig.isvSvn())
            .q1(sig.q1())
            .q2(sig.q2())
            .build();
    assertThat(again).isEqualTo(sig);
  }

  @Test
  void aZeroTopByteInSignatureOrQuotientDoesNotMatter() throws IOException {
    SigStruct signature = gramine("short-signature.sig");
    SigStruct q1 = gramine("short-q1.sig");
    SigStruct q2 = gramine("short-q2.sig");
    assertThat(signature.signature().get(383)).isZero();
    assertThat(q1.q1().get(383)).isZero();
    assertThat(q2.q2().get(383)).isZero();
    assertThat(List.of(signature, q1, q2))
        .allMatch(sig -> SignatureCheck.verify(sig) == SignatureVerdict.VALID);
  }

  @ParameterizedTest
  @MethodSource("rsaSignatures")
  void quotientsOfARawSignatureAreExactThoughItSignsSomethingElse(Vector vector) {
    Bytes modulus = Vectors.read(vector.sibling("modulus"));
    SigStruct.Builder body =
        SigStruct.builder()
            .modulus(modulus)
            .signature(vector.bytes())
            .q1(Vectors.read(vector.sibling("q1")))
            .q2(Vectors.read(vector.sibling("q2")));
    assertThat(SignatureCheck.verify(body.build())).isEqualTo(SignatureVerdict.BAD_SIGNATURE);
    Bytes digest = Vectors.read(vector.sibling("digest"));
    assertThat(Rsa3072.number(vector.bytes()).modPow(Rsa3072.EXPONENT, Rsa3072.number(modulus)))
        .isEqualTo(Rsa3072.paddedHash(digest));
  }

  @ParameterizedTest
  @MethodSource("tokens")
  void aTokensFieldsAreThoseOfTheFacts(Vector vector) {
    EinitToken token = EinitToken.parse(vector.bytes().slice(0, 304));
    JsonNode facts = vector.expected();
    assertThat(hex32(token.valid())).isEqualTo(facts.get("valid_raw").asText());
    assertThat(hex64(token.attributes().flags())).isEqualTo(facts.get("attributes_flags").asText());
    assertThat(hex64(token.attributes().xfrm())).isEqualTo(facts.get("attributes_xfrm").asText());
    assertThat(token.mrenclave().hex()).isEqualTo(facts.get("mrenclave").asText());
    assertThat(token.mrsigner().hex()).isEqualTo(facts.get("mrsigner").asText());
    assertThat(token.cpuSvnLe().hex()).isEqualTo(facts.get("cpusvnle").asText());
    assertThat(token.isvProdIdLe()).isEqualTo(facts.get("isvprodidle").asInt());
    assertThat(token.isvSvnLe()).isEqualTo(facts.get("isvsvnle").asInt());
    assertThat(hex32(token.maskedMiscSelectLe()))
        .isEqualTo(facts.get("maskedmiscselectle").asText());
    assertThat(hex64(token.maskedAttributesLe().flags()))
        .isEqualTo(facts.get("maskedattributesle_flags").asText());
    assertThat(token.keyId().hex()).isEqualTo(facts.get("keyid").asText());
    assertThat(token.mac().hex()).isEqualTo(facts.get("mac").asText());
    assertThat(token.reservedBytesAreZero()).isEqualTo(facts.get("reserved_all_zero").asBoolean());
  }

  private static SigStruct gramine(String name) throws IOException {
    return SigStructFile.read(Vectors.file("gramine-signed", name).path());
  }

  private static String hex32(int value) {
    return String.format("0x%08x", value);
  }

  private static String hex64(long value) {
    return String.format("0x%016x", value);
  }
}
