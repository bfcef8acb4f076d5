package dev.ksgx.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that must be there, before anything is done with it. */
final class InputFile {
  private InputFile() {}

  /**
   * The same path, if a file can be read there.
   *
   * @param what what the file should be, such as "an SGXS file"
   */
  static Path readable(Path file, String what) {
    if (Files.isDirectory(file)) {
      throw new BadInput(file + ": is a directory, expected " + what);
    }
    if (!Files.exists(file)) {
      throw new BadInput(file + ": no such file, expected " + what);
    }
    if (!Files.isReadable(file)) {
      throw new BadInput(file + ": cannot be read; check its permissions");
    }
    return file;
  }
}
