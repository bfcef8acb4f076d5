package dev.ksgx.trace.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a database is built before it has its name. Who asks at the same time builds one of their
 * own; the last one to be done is as good.
 */
final class Draft {
  private static final Pattern NAME = Pattern.compile("\\.([0-9]{1,18})-[0-9]+\\.part");
  private static final AtomicInteger DRAFTS = new AtomicInteger();

  private Draft() {}

  /** A file of this process, gone when it ends; what killed ones left is removed. */
  static Path of(Path database) throws IOException {
    Path folder = database.toAbsolutePath().getParent();
    String name = database.getFileName().toString();
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, f -> isLeft(f, name))) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
    long pid = ProcessHandle.current().pid();
    Path draft = folder.resolve(name + "." + pid + "-" + DRAFTS.incrementAndGet() + ".part");
    // In a container a killed builder may have had the same id.
    Files.deleteIfExists(draft);
    draft.toFile().deleteOnExit();
    return draft;
  }

  private static boolean isLeft(Path file, String database) {
    String name = file.getFileName().toString();
    if (!name.startsWith(database)) {
      return false;
    }
    Matcher parts = NAME.matcher(name.substring(database.length()));
    return parts.matches() && ProcessHandle.of(Long.parseLong(parts.group(1))).isEmpty();
  }
}
