package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Same seed, same run, to the last message: in one process and another, on one JDK and another. */
class DigestIT {
  private static final String[] SHORT = {
    "run", "--json", "--set", "load.warm-up=5 ms", "--set", "load.length=10 ms", "--seed"
  };

  @Test
  void twentyRunsInThreeProcessesAgreeOnASeedAndDifferOnAnother() throws Exception {
    Set<String> digests = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      digests.add(digest(Jar.run(seeded(7))));
    }
    for (int i = 0; i < 18; i++) {
      digests.add(digest(Ran.ksgx(seeded(7))));
    }
    assertThat(digests).hasSize(1);
    assertThat(digest(Jar.run(seeded(8)))).isNotIn(digests);
  }

  @Test
  void jdksAgree() throws Exception {
    Path older = Jar.jdk(17);
    Path newer = Jar.jdk(25);
    assumeTrue(older != null && newer != null, "no JDK 17 and 25 in /usr/lib/jvm");
    assertThat(digest(Jar.run(Jar.command(newer, seeded(7)))))
        .isEqualTo(digest(Jar.run(Jar.command(older, seeded(7)))));
  }

  @Test
  @Tag("soak")
  void twentyProcessesOnTwoJdksAgreeOnTheWholeStorm() throws Exception {
    Path newer = Jar.jdk(25);
    Set<String> digests = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Object[] words = {"run", "--seed", 7, "--json"};
      boolean odd = i % 2 == 1 && newer != null;
      digests.add(digest(Jar.run(odd ? Jar.command(newer, words) : Jar.command(words))));
    }
    assertThat(digests).hasSize(1);
  }

  private static Object[] seeded(int seed) {
    Object[] words = Arrays.copyOf(SHORT, SHORT.length + 1, Object[].class);
    words[SHORT.length] = seed;
    return words;
  }

  private static String digest(Ran ran) throws Exception {
    assertThat(ran.code()).as(ran.err()).isZero();
    return new ObjectMapper().readTree(ran.out()).get("digest").asText();
  }
}
