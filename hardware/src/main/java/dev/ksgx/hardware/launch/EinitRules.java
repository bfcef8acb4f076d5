package dev.ksgx.hardware.launch;

import dev.ksgx.hardware.crypto.Cmac;
import dev.ksgx.hardware.crypto.KeyDependencies;
import dev.ksgx.hardware.crypto.KeyField;
import dev.ksgx.hardware.platform.PackageRegisters;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;

/**
 * What EINIT demands of SIGSTRUCT, SECS and EINITTOKEN, by the steps of isa.md 6.1, for one
 * processor with one value in its hash MSRs. Each check answers null if it passes.
 */
public final class EinitRules {
  private final PackageRegisters registers;
  private final Bytes launchHash;

  /**
   * @param launchHash IA32_SGXLEPUBKEYHASH in byte order, 32 bytes
   */
  public EinitRules(PackageRegisters registers, Bytes launchHash) {
    this.registers = registers;
    this.launchHash = launchHash;
  }

  /** Step 4. */
  public static Refusal checkHeader(SigStruct sigStruct, boolean kssSupported) {
    if (!sigStruct.headerIsLegal()) {
      return sigStructRefused(4, "HEADER, VENDOR, HEADER2 and EXPONENT of SIGSTRUCT are legal");
    }
    return sigStruct.reservedBytesAreZero(kssSupported)
        ? null
        : sigStructRefused(4, "reserved bytes of SIGSTRUCT are 0");
  }

  /** Step 6. */
  public static Refusal checkSignature(SigStruct sigStruct) {
    return SignatureCheck.verify(sigStruct).isValid()
        ? null
        : new Refusal(6, SgxCode.INVALID_SIGNATURE, "the signature of SIGSTRUCT is valid");
  }

  /** Step 9; that ISVEXTPRODID is tested too is a choice of the model. */
  public static Refusal checkKss(Attributes attributes, SigStruct sigStruct) {
    boolean unused = isZero(sigStruct.isvFamilyId()) && isZero(sigStruct.isvExtProdId());
    return unused || attributes.has(Attributes.KSS)
        ? null
        : sigStructRefused(9, "ISVFAMILYID and ISVEXTPRODID are 0 without KSS");
  }

  /** Steps 11 to 22. */
  public Refusal check(Secs secs, Bytes mrenclave, SigStruct sigStruct, EinitToken token) {
    // 11.
    if (!mrenclave.equals(sigStruct.enclaveHash())) {
      return new Refusal(11, SgxCode.INVALID_MEASUREMENT, "MRENCLAVE equals SIGSTRUCT.ENCLAVEHASH");
    }
    // 12.
    Attributes attributes = secs.attributes();
    boolean signerInMsrs = sigStruct.mrsigner().equals(launchHash);
    if (attributes.has(Attributes.EINITTOKENKEY) && !signerInMsrs) {
      return attributeRefused(
          12, "an enclave with EINITTOKENKEY is signed by the key in IA32_SGXLEPUBKEYHASH");
    }
    // 13.
    Attributes mask = sigStruct.attributeMask();
    if (!attributes.and(mask).equals(sigStruct.attributes().and(mask))) {
      return attributeRefused(13, "ATTRIBUTES equal SIGSTRUCT.ATTRIBUTES under ATTRIBUTEMASK");
    }
    // 14.
    if (((secs.miscSelect() ^ sigStruct.miscSelect()) & sigStruct.miscMask()) != 0) {
      return attributeRefused(14, "MISCSELECT equals SIGSTRUCT.MISCSELECT under MISCMASK");
    }
    // 15.
    if (!token.isPresent()) {
      return signerInMsrs
          ? null
          : tokenRefused(15, "without a token the signer is the key in IA32_SGXLEPUBKEYHASH");
    }
    return checkToken(attributes, mrenclave, sigStruct.mrsigner(), token);
  }

  private Refusal checkToken(
      Attributes attributes, Bytes mrenclave, Bytes mrsigner, EinitToken token) {
    // 16.
    if (token.maskedAttributesLe().has(Attributes.DEBUG) && !attributes.has(Attributes.DEBUG)) {
      return tokenRefused(16, "a debug launch enclave launches debug enclaves only");
    }
    // 17.
    if (!token.reservedBytesAreZero()) {
      return tokenRefused(17, "reserved bytes and bits of EINITTOKEN are 0");
    }
    // 18.
    if (!registers.keyDerivation().cpuSvnIsLegal(token.cpuSvnLe(), registers.cpuSvn())) {
      return new Refusal(18, SgxCode.INVALID_CPUSVN, "CPUSVNLE is not beyond the current CPUSVN");
    }
    // 19. 20.
    if (!Cmac.aesCmac(launchKey(token), token.macInput()).equals(token.mac())) {
      return tokenRefused(20, "the MAC of EINITTOKEN is that of the launch key");
    }
    // 21.
    if (!token.mrenclave().equals(mrenclave) || !token.mrsigner().equals(mrsigner)) {
      return new Refusal(
          21, SgxCode.INVALID_MEASUREMENT, "EINITTOKEN is for this MRENCLAVE and MRSIGNER");
    }
    // 22.
    return token.attributes().equals(attributes)
        ? null
        : attributeRefused(22, "EINITTOKEN is for these ATTRIBUTES");
  }

  /** The launch key as the token describes it (isa.md 6.3). */
  private Bytes launchKey(EinitToken token) {
    return registers
        .keyDerivation()
        .derive(
            new KeyDependencies(KeyRequest.EINITTOKEN)
                .set(KeyField.ISVPRODID, token.isvProdIdLe())
                .set(KeyField.ISVSVN, token.isvSvnLe())
                .set(KeyField.SGXOWNEREPOCH, registers.ownerEpoch())
                .set(KeyField.ATTRIBUTES, token.maskedAttributesLe())
                .set(KeyField.MRSIGNER, launchHash)
                .set(KeyField.KEYID, token.keyId())
                .set(KeyField.SEAL_KEY_FUSES, registers.sealFuses())
                .set(KeyField.CPUSVN, token.cpuSvnLe())
                .set(KeyField.PADDING, SignatureCheck.PKCS1_PADDING)
                .set(KeyField.MISCSELECT, token.maskedMiscSelectLe()));
  }

  private static boolean isZero(Bytes bytes) {
    return bytes.isZero(0, bytes.length());
  }

  private static Refusal sigStructRefused(int step, String check) {
    return new Refusal(step, SgxCode.INVALID_SIG_STRUCT, check);
  }

  private static Refusal attributeRefused(int step, String check) {
    return new Refusal(step, SgxCode.INVALID_ATTRIBUTE, check);
  }

  private static Refusal tokenRefused(int step, String check) {
    return new Refusal(step, SgxCode.INVALID_EINITTOKEN, check);
  }
}
