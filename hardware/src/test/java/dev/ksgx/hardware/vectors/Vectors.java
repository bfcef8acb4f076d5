package dev.ksgx.hardware.vectors;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.hardware.structure.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder of enclaves, SIGSTRUCTs and tokens made by others, each with published facts. It is
 * not part of the project: tests that use it are skipped where it is absent, but fail in CI.
 */
public final class Vectors {
  private Vectors() {}

  /** One file with its row in facts.json. */
  public record Vector(Path folder, String name, JsonNode facts) {
    public Path path() {
      return folder.resolve(name);
    }

    public JsonNode expected() {
      return facts.get("expected");
    }

    /** A file that this one's facts name, in the same folder. */
    public Path sibling(String fact) {
      return folder.resolve(facts.get(fact).asText());
    }

    public Bytes bytes() {
      return read(path());
    }

    @Override
    public String toString() {
      return folder.getFileName() + "/" + name;
    }
  }

  /** All files of {@code kind}: sgxs, sigstruct, einittoken, ... */
  public static List<Vector> ofKind(String kind) {
    List<Vector> found = new ArrayList<>();
    for (Path folder : folders()) {
      for (Map.Entry<String, JsonNode> file : facts(folder).get("files").properties()) {
        if (file.getValue().path("kind").asText().equals(kind)) {
          found.add(new Vector(folder, file.getKey(), file.getValue()));
        }
      }
    }
    return found;
  }

  /** The file {@code folder/name}. */
  public static Vector file(String folder, String name) {
    Path path = root().resolve(folder);
    return new Vector(path, name, facts(path).get("files").get(name));
  }

  public static Bytes read(Path path) {
    try {
      return Bytes.copyOf(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of vectors; where it is absent the calling test ends here. */
  public static Path root() {
    String given = System.getProperty("ksgx.vectors", "");
    Path root =
        given.isBlank()
            ? Path.of(System.getProperty("ksgx.root", "..")).resolve("../shared/vectors")
            : Path.of(given);
    if (!Files.isRegularFile(root.resolve("INDEX.md"))) {
      String message = "no vectors at " + root.toAbsolutePath().normalize();
      if ("true".equals(System.getenv("CI"))) {
        fail(message);
      }
      assumeTrue(false, message + "; set -Dksgx.vectors=DIR to run this test");
    }
    return root;
  }

  private static List<Path> folders() {
    try (Stream<Path> children = Files.list(root())) {
      return children.filter(c -> Files.exists(c.resolve("facts.json"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode facts(Path folder) {
    try {
      return new ObjectMapper().readTree(folder.resolve("facts.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
