package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The packaged jar, run in a JVM of its own. */
final class Jar {
  private static final long PATIENCE_SECONDS = 300;

  private Jar() {}

  static Path path() {
    return Path.of(System.getProperty("ksgx.jar"));
  }

  /** Starts the jar with the JDK that runs the tests. */
  static ProcessBuilder command(Object... arguments) {
    return command(Path.of(System.getProperty("java.home")), arguments);
  }

  static ProcessBuilder command(Path javaHome, Object... arguments) {
    List<String> words = new ArrayList<>();
    words.add(javaHome.resolve("bin/java").toString());
    words.add("-jar");
    words.add(path().toString());
    for (Object argument : arguments) {
      words.add(String.valueOf(argument));
    }
    return new ProcessBuilder(words);
  }

  static Ran run(Object... arguments) throws Exception {
    return run(command(arguments));
  }

  /** Runs it to its end. */
  static Ran run(ProcessBuilder builder) throws Exception {
    Path out = Files.createTempFile("ksgx", ".out");
    Path err = Files.createTempFile("ksgx", ".err");
    try {
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("the jar ends").isTrue();
      return new Ran(process.exitValue(), text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Homes of other JDKs of this machine, by feature version; empty if there is none. */
  static Path jdk(int feature) throws IOException {
    Path folder = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(folder)) {
      return null;
    }
    try (Stream<Path> homes = Files.list(folder)) {
      return homes.filter(home -> isJdk(home, feature)).sorted().findFirst().orElse(null);
    }
  }

  private static boolean isJdk(Path home, int feature) {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
      return false;
    }
    try {
      return text(release).contains("JAVA_VERSION=\"" + feature + ".");
    } catch (IOException e) {
      return false;
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
