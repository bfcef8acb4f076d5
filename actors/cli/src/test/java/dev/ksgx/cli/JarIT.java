package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    assertThat(Jar.run("--help").out()).contains("run", "measure", "sign", "Exit codes", "130");
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
    Path json = folder.resolve("out.json");
    Path err = folder.resolve("err.txt");
    Path results = folder.resolve("results");
    String[] endless = {"--set", "load.length=100000 s", "--set", "load.warm-up=0 ms"};
    ProcessBuilder command =
        Jar.command(
            "run", "--json", "--out", results, endless[0], endless[1], endless[2], endless[3]);
    // Who starts the tests in the background ignores SIGINT, and children would inherit that.
    command.command().addAll(0, List.of("env", "--default-signal=INT"));
    Process process = command.redirectOutput(json.toFile()).redirectError(err.toFile()).start();
    try {
      // The folder is made when interruptions are watched for, right before the run.
      for (int i = 0; !Files.exists(results) && process.isAlive() && i < 1200; i++) {
        Thread.sleep(100);
      }
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.get("partial").asBoolean()).isTrue();
    assertThat(report.get("launches").get("requested").asLong()).isPositive();
    assertThat(new ObjectMapper().readTree(results.resolve("results.json").toFile()))
        .isEqualTo(report);
    assertThat(err).isEmptyFile();
  }

  @Test
  void outputThatIsLostIsAnError() throws Exception {
    File full = new File("/dev/full");
    assumeTrue(full.exists(), "no /dev/full");
    Path err = folder.resolve("err.txt");
    Process process =
        Jar.command("scenarios").redirectOutput(full).redirectError(err.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(err).content().startsWith("ksgx: standard output").hasLineCount(1);
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
