package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Same seed, same run, to the last message: in one process and another, on one JDK and another. */
class DigestIT {
  @Test
  void processesAgreeOnASeedAndDifferOnAnother() throws Exception {
    Set<String> digests = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      digests.add(digest(Jar.command("run", "--seed", 7, "--json")));
    }
    assertThat(digests).hasSize(1);
    assertThat(digest(Jar.command("run", "--seed", 8, "--json"))).isNotIn(digests);
  }

  @Test
  void jdksAgree() throws Exception {
    Path older = Jar.jdk(17);
    Path newer = Jar.jdk(25);
    assumeTrue(older != null && newer != null, "no JDK 17 and 25 in /usr/lib/jvm");
    assertThat(digest(Jar.command(newer, "run", "--seed", 7, "--json")))
        .isEqualTo(digest(Jar.command(older, "run", "--seed", 7, "--json")));
  }

  private static String digest(ProcessBuilder command) throws Exception {
    Ran ran = Jar.run(command);
    assertThat(ran.code()).as(ran.err()).isZero();
    return new ObjectMapper().readTree(ran.out()).get("digest").asText();
  }
}
