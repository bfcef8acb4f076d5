package dev.ksgx.hardware.image;

import dev.ksgx.hardware.structure.SigStruct;
import java.io.IOException;
import java.nio.file.Path;

/** An image with the SIGSTRUCT that EINIT gets; nothing says that the two agree. */
public record SignedEnclave(EnclaveImage image, SigStruct sigStruct) {
  /**
   * The enclave in an SGXS file, plain or gzip, with the SIGSTRUCT in another; ATTRIBUTES and
   * MISCSELECT are those the SIGSTRUCT asks for.
   *
   * @throws ImageFormatException if a file is not what it should be, or the ADD_PAGE ioctl cannot
   *     express the stream
   * @throws IOException if a file cannot be read
   */
  public static SignedEnclave read(Path sgxs, Path sigStruct) throws IOException {
    SigStruct signature = SigStructFile.read(sigStruct);
    String name = sgxs.getFileName().toString();
    return new SignedEnclave(SgxsReader.read(sgxs).toImage(name, signature), signature);
  }
}
