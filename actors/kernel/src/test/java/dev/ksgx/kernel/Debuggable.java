package dev.ksgx.kernel;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.SigStruct;

/** Enclaves with ATTRIBUTES.DEBUG. */
public final class Debuggable {
  private Debuggable() {}

  /** The same pages in an enclave that may be debugged, signed by model signer 0. */
  public static SignedEnclave of(SignedEnclave enclave) {
    long flags = Attributes.MODE64BIT | Attributes.DEBUG;
    EnclaveImage.Builder image =
        EnclaveImage.builder("debuggable")
            .attributes(new Attributes(flags, Attributes.LEGACY_XFRM));
    for (EnclaveImage.Page page : enclave.image().pages()) {
      image.page(page.offset(), page.secInfo(), page.content(), page.mrmask());
    }
    EnclaveImage built = image.build();
    SigStruct.Builder body =
        SigStruct.builder()
            .date(0x20171113)
            .attributes(built.attributes())
            .attributeMask(new Attributes(-1, ~0xe4L))
            .enclaveHash(built.mrenclave());
    return new SignedEnclave(built, Signer.sign(body, ModelKeys.signer(0)));
  }
}
