package dev.ksgx.load.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.study.Designs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has other figures has another id. */
class PointIdTest {
  @TempDir private Path folder;

  private static String id(String design, String vary, List<String> settings, String... designs) {
    SweepPlan plan =
        SweepPlans.of(
            new SweepRequest(
                "",
                "comparison",
                settings,
                OptionalLong.empty(),
                Designs.of(List.of(designs)),
                List.of(vary),
                0,
                List.of(),
                1));
    return plan.points().stream()
        .filter(point -> point.design().name().equals(design))
        .findFirst()
        .orElseThrow()
        .id();
  }

  /** The rate comes from the first one. */
  @Test
  void aShareOfWhatTheFirstDesignCanDoIsOfThatDesign() {
    String ofV5 = id("direct-always", "load=0.5", List.of(), "v5", "direct-always");
    String ofDirect = id("direct-always", "load=0.5", List.of(), "direct-always", "v5");
    assertThat(ofV5).isNotEqualTo(ofDirect);
    String rate = "load.rate=500";
    assertThat(id("direct-always", rate, List.of(), "v5", "direct-always"))
        .isEqualTo(id("direct-always", rate, List.of(), "direct-always", "v5"));
  }

  @Test
  void launchesOfAReplayAreInIt() throws IOException {
    Path csv = Files.writeString(folder.resolve("replay.csv"), "0.5\n0.6\n");
    List<String> settings = List.of("load.arrivals=replay", "load.replay=\"" + csv + "\"");
    String before = id("v5", "machine.cores=2", settings, "v5");
    Files.writeString(csv, "0.5\n0.7\n");
    assertThat(id("v5", "machine.cores=2", settings, "v5")).isNotEqualTo(before);
    Files.writeString(csv, "0.5\n0.6\n");
    assertThat(id("v5", "machine.cores=2", settings, "v5")).isEqualTo(before);
  }

  @Test
  void contentsOfImagesAndPoliciesAreInIt() throws IOException {
    Path sgxs = Files.writeString(folder.resolve("a.sgxs"), "one");
    Path sig = Files.writeString(folder.resolve("a.sig"), "one");
    Path policy = Files.write(folder.resolve("policy"), SampleWhiteList.ofVersion(1));
    List<String> settings =
        List.of(
            "load.images=[{enclave=\"" + sgxs + "\", sigstruct=\"" + sig + "\"}]",
            "kernel.launch=user-le",
            "kernel.hash-source=boot",
            "kernel.msr=never",
            "kernel.token-from-user=on",
            "kernel.user-le.policy=\"" + policy + "\"");
    String before = id("scenario", "machine.cores=2", settings);
    for (Path file : List.of(sgxs, sig)) {
      Files.writeString(file, "two");
      assertThat(id("scenario", "machine.cores=2", settings))
          .as(file.toString())
          .isNotEqualTo(before);
      Files.writeString(file, "one");
    }
    Files.write(policy, SampleWhiteList.ofVersion(2));
    assertThat(id("scenario", "machine.cores=2", settings)).isNotEqualTo(before);
    Files.write(policy, SampleWhiteList.ofVersion(1));
    assertThat(id("scenario", "machine.cores=2", settings)).isEqualTo(before);
  }
}
