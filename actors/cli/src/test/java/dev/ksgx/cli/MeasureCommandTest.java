package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.hardware.image.SampleEnclaves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasureCommandTest {
  @TempDir private Path folder;

  @Test
  void jsonHasTheFieldsThatConsumersAreTold() throws IOException {
    Ran ran =
        Ran.ksgx(
            "measure", Samples.sgxs(folder), "--sigstruct", Samples.sigStruct(folder), "--json");
    assertThat(ran.code()).isEqualTo(ExitCode.OK);
    JsonNode json = new ObjectMapper().readTree(ran.out());
    assertThat(fields(json))
        .containsExactly(
            "mrenclave", "elrangeBytes", "pages", "measuredChunks", "blocks", "sigstruct");
    assertThat(fields(json.get("sigstruct")))
        .containsExactly(
            "mrsigner",
            "signatureValid",
            "mrenclaveMatches",
            "isvProdId",
            "isvSvn",
            "date",
            "vendor",
            "debug");
    assertThat(json.get("mrenclave").asText())
        .isEqualTo(SampleEnclaves.tiny().image().mrenclave().hex());
    assertThat(json.get("pages").asInt()).isEqualTo(4);
    assertThat(json.get("measuredChunks").asInt()).isEqualTo(64);
    assertThat(json.get("blocks").asInt()).isEqualTo(1 + 4 + 5 * 64);
  }

  @Test
  void withoutSigStructNothingCanDisagree() throws IOException {
    Ran ran = Ran.ksgx("measure", Samples.sgxs(folder), "--json");
    assertThat(ran.code()).isEqualTo(ExitCode.OK);
    assertThat(new ObjectMapper().readTree(ran.out()).get("sigstruct").isNull()).isTrue();
  }

  @Test
  void sigStructOfAnotherEnclaveIsAnsweredNo() throws IOException {
    Path other = Samples.sigStruct(folder, SampleEnclaves.seventyFivePages());
    Ran ran = Ran.ksgx("measure", Samples.sgxs(folder), "--sigstruct", other);
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.out()).contains("NO: another MRENCLAVE").contains("signature      valid");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void flippedBitInSignatureOrQuotientsIsAnsweredNo() throws IOException {
    Path sgxs = Samples.sgxs(folder);
    Path sig = Samples.sigStruct(folder);
    byte[] good = Files.readAllBytes(sig);
    for (int at : new int[] {516, 1026, 1040, 1424}) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      Files.write(sig, bad);
      Ran ran = Ran.ksgx("measure", sgxs, "--sigstruct", sig, "--json");
      assertThat(ran.code()).as("byte %d", at).isEqualTo(ExitCode.NO);
      assertThat(ran.out()).contains("\"signatureValid\":false");
    }
  }

  @Test
  void realEnclavesMeasureToTheirPublishedValue() {
    Path sgxs = Vectors.file("fortanix-sgx-detect/test_enclave.sgxs");
    Path sig = Vectors.file("fortanix-sgx-detect/test_enclave.sig");
    Ran ran = Ran.ksgx("measure", sgxs, "--sigstruct", sig, "--json");
    assertThat(ran.code()).isEqualTo(ExitCode.OK);
    assertThat(ran.out())
        .contains("784acfd7d5096a8f0fbd3265760bff21b120f62407a9a9e5ba31aa3c8ed198fc")
        .contains("\"date\":\"20161214\"");
    Path gz = Vectors.file("intel-launch-enclave-2023/le.sgxs.gz");
    Path le = Vectors.file("intel-launch-enclave-2023/le_prod_css.sig");
    assertThat(Ran.ksgx("measure", gz, "--sigstruct", le).code()).isEqualTo(ExitCode.OK);
    assertThat(Ran.ksgx("measure", gz, "--sigstruct", sig).code()).isEqualTo(ExitCode.NO);
  }

  private static List<String> fields(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
