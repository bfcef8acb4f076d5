package dev.ksgx.hardware.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.hardware.vectors.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written here, as the checker beside the vectors sees it. It shares no code with ksgx. */
class IndependentCheckerTest {
  @TempDir Path folder;

  @Test
  void acceptsOurSignaturesAndStreams() throws Exception {
    for (SignedEnclave enclave :
        List.of(
            SampleEnclaves.tiny(),
            SampleEnclaves.seventyFivePages(2),
            SampleEnclaves.launchEnclave())) {
      Path sig = folder.resolve("out.sig");
      SigStructFile.write(enclave.sigStruct(), sig);
      JsonNode facts = check("sig", sig);
      for (String fact :
          List.of(
              "header_ok",
              "header2_ok",
              "reserved_all_zero",
              "signature_valid",
              "q1_valid",
              "q2_valid")) {
        assertThat(facts.get(fact).asBoolean()).as(fact).isTrue();
      }
      assertThat(facts.get("mrsigner").asText()).isEqualTo(enclave.sigStruct().mrsigner().hex());
      assertThat(facts.get("mrenclave").asText()).isEqualTo(enclave.image().mrenclave().hex());

      Path sgxs = folder.resolve("out.sgxs.gz");
      SgxsWriter.write(enclave.image().toPageStream(), sgxs);
      JsonNode stream = check("sgxs", sgxs);
      assertThat(stream.get("mrenclave").asText()).isEqualTo(enclave.image().mrenclave().hex());
      assertThat(stream.get("eadd").asInt()).isEqualTo(enclave.image().pages().size());
    }
  }

  private static JsonNode check(String command, Path file) throws Exception {
    Path script = Vectors.root().resolve("check.py");
    Process process;
    try {
      process =
          new ProcessBuilder("python3", script.toString(), command, file.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "no python3 to run " + script);
      throw e;
    }
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return new ObjectMapper().readTree(output);
  }
}
