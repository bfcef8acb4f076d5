package dev.ksgx.trace.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a database is built before it has its name: two commands may do so at the same time. */
final class Draft {
  private static final String SUFFIX = ".part";

  private Draft() {}

  /** A file of this process, gone when it ends; what killed ones left is removed. */
  static Path of(Path database) throws IOException {
    String name = database.getFileName() + ".";
    Path folder = database.toAbsolutePath().getParent();
    try (DirectoryStream<Path> drafts =
        Files.newDirectoryStream(folder, file -> isDead(file, name))) {
      for (Path left : drafts) {
        Files.deleteIfExists(left);
      }
    }
    Path draft = folder.resolve(name + ProcessHandle.current().pid() + SUFFIX);
    Files.deleteIfExists(draft);
    draft.toFile().deleteOnExit();
    return draft;
  }

  private static boolean isDead(Path file, String prefix) {
    String name = file.getFileName().toString();
    if (!name.startsWith(prefix) || !name.endsWith(SUFFIX)) {
      return false;
    }
    String pid =
        name.substring(prefix.length(), Math.max(prefix.length(), name.length() - SUFFIX.length()));
    return pid.matches("[0-9]{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
  }
}
