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
    if (!Files.isDirectory(folder) && "true".equals(System.getenv("CI"))) {
      fail("no vectors in " + folder);
    }
    assumeTrue(Files.isDirectory(folder), "no vectors in " + folder);
    return folder.resolve(name);
  }
}
