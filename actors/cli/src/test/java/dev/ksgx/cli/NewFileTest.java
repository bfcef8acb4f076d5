package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @TempDir private Path folder;

  @Test
  void fileIsReplacedAndNothingElseIsLeft() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[9]);
    NewFile.write(file, CONTENT);
    assertThat(file).hasBinaryContent(CONTENT);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void symbolicLinkStaysAndItsTargetIsReplaced() throws IOException {
    Path target = Files.write(folder.resolve("target"), new byte[9]);
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
    NewFile.write(link, CONTENT);
    assertThat(link).isSymbolicLink();
    assertThat(target).hasBinaryContent(CONTENT);
  }

  @Test
  void linkThatLeadsNowhereIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
    assertThatThrownBy(() -> NewFile.write(link, CONTENT)).isInstanceOf(BadInput.class);
    assertThat(link).isSymbolicLink();
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }

  @Test
  void pipeIsWrittenToAndStaysAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeTrue(made.waitFor() == 0, "no mkfifo");
    Path copy = folder.resolve("copy");
    Process reader =
        new ProcessBuilder("cat", pipe.toString()).redirectOutput(copy.toFile()).start();
    NewFile.write(pipe, CONTENT);
    assertThat(reader.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(copy).hasBinaryContent(CONTENT);
    assertThat(Files.isRegularFile(pipe)).isFalse();
    assertThat(pipe).exists();
  }
}
