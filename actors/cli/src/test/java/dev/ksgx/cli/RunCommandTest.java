package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
  @TempDir private Path folder;
  private Path sgxs;
  private Path sigStruct;

  @BeforeEach
  void enclave() throws IOException {
    sgxs = Samples.sgxs(folder);
    sigStruct = Samples.sigStruct(folder);
  }

  @Test
  void givenEnclaveIsLaunchedByFewProcessesAsFastAsItIsServed() throws IOException {
    JsonNode report = run();
    assertThat(report.get("launches").get("succeeded").asLong()).isBetween(190L, 200L);
    assertThat(report.get("launches").get("notStarted").asLong()).isZero();
    assertThat(report.get("achievedPerSecond").asDouble())
        .isCloseTo(report.get("offeredPerSecond").asDouble(), withinPercentage(5));
  }

  @Test
  void rateThatIsAskedForIsOfferedToGivenEnclaves() throws IOException {
    JsonNode report = run("--set", "load.rate=1000", "--set", "load.length=100 ms");
    assertThat(report.get("offeredPerSecond").asDouble()).isBetween(700.0, 1300.0);
    assertThat(report.get("virtualSeconds").asDouble()).isEqualTo(0.1);
  }

  private JsonNode run(Object... more) throws IOException {
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("run", "--json", "--enclave", sgxs, "--sigstruct", sigStruct));
    words.addAll(List.of(more));
    Ran ran = Ran.ksgx(words.toArray());
    assertThat(ran.code()).as(ran.err()).isZero();
    return new ObjectMapper().readTree(ran.out());
  }
}
