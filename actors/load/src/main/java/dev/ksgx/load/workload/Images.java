package dev.ksgx.load.workload;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.Tcs;

/** The embedded enclaves a scenario can name. */
public final class Images {
  private static final int PAGE = 4096;
  private static final int FIRST_CHUNK = 1;

  private Images() {}

  /** The enclave of that name, signed by model signer 0; see {@link #named(String, int)}. */
  public static SignedEnclave named(String name) {
    return named(name, 0);
  }

  /**
   * The enclave of that name.
   *
   * @param name as {@code ImageMix.Embedded} gives it
   * @param signer number of the model key that signs it
   */
  public static SignedEnclave named(String name, int signer) {
    return switch (name) {
      case "tiny" -> SampleEnclaves.tiny(signer);
      case "small" -> small(signer);
      case "pages-75" -> SampleEnclaves.seventyFivePages(signer);
      default ->
          SampleEnclaves.pages(Integer.parseInt(name.substring(0, name.indexOf(' '))), signer);
    };
  }

  /** A TCS, its SSA frame and a page of code; 256 bytes of each are measured. */
  private static SignedEnclave small(int signer) {
    Tcs tcs = Tcs.builder().ossa(PAGE).nssa(1).oentry(2 * PAGE).fsLimit(-1).gsLimit(-1).build();
    Bytes code = Bytes.zeros(PAGE).with(0, Bytes.fromHex("0f0b"));
    EnclaveImage image =
        EnclaveImage.builder("small")
            .page(0, SecInfo.tcs(), tcs.bytes(), FIRST_CHUNK)
            .page(PAGE, SecInfo.reg(true, true, false), Bytes.zeros(PAGE), FIRST_CHUNK)
            .page(2 * PAGE, SecInfo.reg(true, false, true), code, FIRST_CHUNK)
            .build();
    SigStruct.Builder body =
        SigStruct.builder()
            .date(0x20171113)
            .miscMask(-1)
            .attributes(image.attributes())
            .attributeMask(new Attributes(~Attributes.DEBUG, -1))
            .enclaveHash(image.mrenclave())
            .isvProdId(1)
            .isvSvn(1);
    return new SignedEnclave(image, Signer.sign(body, ModelKeys.signer(signer)));
  }
}
