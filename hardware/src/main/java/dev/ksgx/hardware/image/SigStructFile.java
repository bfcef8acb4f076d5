package dev.ksgx.hardware.image;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** SIGSTRUCT files: exactly the 1808 bytes of the structure. */
public final class SigStructFile {
  private static final int SIZE = SigStruct.LAYOUT.size();

  private SigStructFile() {}

  /**
   * The SIGSTRUCT in {@code file}; its signature and header are not judged.
   *
   * @throws ImageFormatException if the file has another size
   * @throws IOException if it cannot be read
   */
  public static SigStruct read(Path file) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(SIZE + 1);
    }
    if (content.length != SIZE) {
      String found = content.length > SIZE ? Files.size(file) + "" : content.length + "";
      throw new ImageFormatException(
          file.toString(), found + " bytes, expected the " + SIZE + " of a SIGSTRUCT");
    }
    return SigStruct.parse(Bytes.copyOf(content));
  }

  /** Writes {@code sigStruct} to {@code file}, replacing what was there. */
  public static void write(SigStruct sigStruct, Path file) throws IOException {
    Files.write(file, sigStruct.bytes().toByteArray());
  }
}
