package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a newcomer has it after {@code mvn package}. */
class JarIT {
  @TempDir private Path folder;

  @Test
  void helpVersionAndCompletionArePrinted() throws Exception {
    assertThat(Jar.run("--help").out()).contains("run", "measure", "sign", "Exit codes");
    assertThat(Jar.run("--version").out()).startsWith("ksgx ").doesNotContain("not from a jar");
    Ran completion = Jar.run("completion");
    assertThat(completion.code()).isZero();
    assertThat(completion.out()).startsWith("#!/usr/bin/env bash").contains("--no-digest");
  }

  @Test
  void jarIsMergedAndUnsigned() throws Exception {
    try (JarFile jar = new JarFile(Jar.path().toFile())) {
      assertThat(jar.stream().map(entry -> entry.getName()))
          .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
      String reference =
          new String(jar.getInputStream(jar.getEntry("reference.conf")).readAllBytes());
      assertThat(reference).contains("threads-per-process").contains("jvm-shutdown-hooks");
    }
  }

  @Test
  void badInputIsOneLineOnStandardErrorAndExitCodeTwo() throws Exception {
    Ran ran = Jar.run("run", "--set", "load.raet=5");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines()).hasSize(1);
  }

  @Test
  void stormReportsWhatBindsAndNothingElseIsPrinted() throws Exception {
    Ran ran = Jar.run("run", "--seed", 7, "--set", "load.length=200 ms");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines().reduce("", (before, line) -> line)).startsWith("What binds: ");
    assertThat(ran.out().lines())
        .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
  }

  @Test
  void resultsAreWrittenToTheFolder() throws Exception {
    Path out = folder.resolve("a/b");
    Ran ran = Jar.run("run", "--set", "load.length=100 ms", "--json", "--out", out);
    assertThat(ran.code()).as(ran.err()).isZero();
    JsonNode printed = new ObjectMapper().readTree(ran.out());
    assertThat(new ObjectMapper().readTree(out.resolve("results.json").toFile()))
        .isEqualTo(printed);
    assertThat(out.resolve("summary.txt")).content().contains("What binds: ");
    assertThat(out.resolve("latency.hlog")).content().contains("Tag=launch,", "HISTFAAA");
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void interruptGivesAPartialMarkedReport() throws Exception {
    Path out = folder.resolve("out.json");
    Path err = folder.resolve("err.txt");
    Process process =
        Jar.command("run", "--json", "--set", "load.length=100000 s", "--set", "load.warm-up=0 ms")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      Thread.sleep(8_000);
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    JsonNode report = new ObjectMapper().readTree(out.toFile());
    assertThat(report.get("partial").asBoolean()).isTrue();
    assertThat(report.get("launches").get("requested").asLong()).isPositive();
    assertThat(err).isEmptyFile();
  }

  @Test
  void newerJavaPrintsNoWarnings() throws Exception {
    Path home = Jar.jdk(25);
    assumeTrue(home != null, "no JDK 25 in /usr/lib/jvm");
    Ran ran = Jar.run(Jar.command(home, "run", "--set", "load.length=50 ms", "--json"));
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
  }
}
