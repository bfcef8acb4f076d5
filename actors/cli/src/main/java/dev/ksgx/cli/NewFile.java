package dev.ksgx.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes files whole or not at all: beside the target first, then moved onto it. A symbolic link
 * stays and what it leads to is replaced; a device or a pipe is written to.
 */
final class NewFile {
  private NewFile() {}

  /** Writes a file's bytes, one after another. */
  @FunctionalInterface
  interface Content {
    void to(OutputStream file) throws IOException;
  }

  /**
   * Writes {@code content} to {@code file}, replacing what was there.
   *
   * @throws BadInput if {@code file} is a directory or lies in none
   * @throws IOException if it cannot be written; {@code file} is then as it was
   */
  static void write(Path file, byte[] content) throws IOException {
    write(file, out -> out.write(content));
  }

  /** The same for what is too long to be in memory. */
  static void write(Path file, Content content) throws IOException {
    check(file);
    if (!Files.exists(file)) {
      replace(file.toAbsolutePath(), content);
    } else if (Files.isRegularFile(file)) {
      replace(file.toRealPath(), content);
    } else {
      try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
        content.to(out);
      }
    }
  }

  /**
   * Refuses a file that cannot be written, before the work for it is done.
   *
   * @throws BadInput if {@code file} is a directory or lies in none
   */
  static void check(Path file) throws IOException {
    if (file.toString().isEmpty()) {
      throw new BadInput("the name of the file to write is empty");
    }
    if (Files.isDirectory(file)) {
      throw new BadInput(file + ": is a directory, expected a file to write");
    }
    if (Files.exists(file)) {
      if (Files.isRegularFile(file)) {
        checkFolder(file, file.toRealPath().getParent());
      }
    } else if (Files.isSymbolicLink(file)) {
      throw new BadInput(file + ": is a symbolic link that leads nowhere");
    } else {
      checkFolder(file, file.toAbsolutePath().getParent());
    }
  }

  /** Permissions do not say all: nobody can make a file in /proc. */
  private static void checkFolder(Path file, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new BadInput(folder + ": no such directory; make it first");
    }
    if (!Files.isWritable(folder)) {
      throw new BadInput(folder + ": cannot be written to; check its permissions");
    }
    try {
      Files.delete(Files.createTempFile(folder, ".", null));
    } catch (IOException e) {
      throw new BadInput(file + ": cannot be written; nothing can be made in " + folder, e);
    }
  }

  private static void replace(Path file, Content content) throws IOException {
    Path draft =
        file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    // Ctrl-C leaves nothing either.
    draft.toFile().deleteOnExit();
    try {
      try (OutputStream out = Files.newOutputStream(draft)) {
        content.to(out);
      }
      move(draft, file);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void move(Path draft, Path file) throws IOException {
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
