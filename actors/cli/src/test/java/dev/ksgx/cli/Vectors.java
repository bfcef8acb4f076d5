package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real enclaves and signatures, used when they lie beside the checkout. */
final class Vectors {
  private Vectors() {}

  /** A file of the vectors; without them the test is skipped, on CI it fails. */
  static Path file(String name) {
    String given = System.getProperty("ksgx.vectors", "");
    Path folder =
        given.isBlank()
            ? Path.of(System.getProperty("ksgx.root", "."), "..", "shared", "vectors")
            : Path.of(given);
    if (!Files.isRegularFile(folder.resolve("INDEX.md"))) {
      String message = "no vectors at " + folder.toAbsolutePath().normalize();
      if ("true".equals(System.getenv("CI"))) {
        fail(message);
      }
      assumeTrue(false, message + "; set -Dksgx.vectors=DIR to run this test");
    }
    return folder.resolve(name);
  }
}
