package dev.ksgx.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;

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
    try {
      if (!Files.exists(file)) {
        replace(file.toAbsolutePath(), content);
      } else if (Files.isRegularFile(file)) {
        replace(file.toRealPath(), content);
      } else {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
          content.to(out);
        }
      }
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // What a write to a full disk throws knows no file.
      throw new FileSystemException(file.toString(), null, e.getMessage());
    }
  }

  /**
   * The same, and refuses to replace what is read.
   *
   * @param inputs files that the command reads, or makes to be read; they need not be there yet
   * @throws BadInput if {@code file} is one of them, by whatever name or link
   */
  static void check(Path file, Collection<Path> inputs) throws IOException {
    for (Path input : inputs) {
      if (isSame(file, input)) {
        throw new BadInput(file + ": is also an input; name another file for the output");
      }
    }
    check(file);
  }

  /** Whether two names lead to one file, or would if it were there. */
  static boolean isSame(Path one, Path other) throws IOException {
    return Files.exists(one) && Files.exists(other)
        ? Files.isSameFile(one, other)
        : place(one).equals(place(other));
  }

  private static Path place(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path folder = absolute.getParent();
    return folder != null && Files.isDirectory(folder)
        ? folder.toRealPath().resolve(absolute.getFileName())
        : absolute.normalize();
  }

  /**
   * Refuses a file that cannot be written, before the work for it is done.
   *
   * @throws BadInput if {@code file} is a directory or lies in none
   */
  static void check(Path file) throws IOException {
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
