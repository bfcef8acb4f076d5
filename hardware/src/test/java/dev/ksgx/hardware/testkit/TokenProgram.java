package dev.ksgx.hardware.testkit;

import dev.ksgx.hardware.crypto.Cmac;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.program.StepResult;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.Report;
import dev.ksgx.hardware.structure.TargetInfo;

/**
 * What a launch enclave does (isa.md 6.4): learns its own identity by EREPORT, derives the launch
 * key by EGETKEY, signs the token by CMAC and leaves with it.
 */
public final class TokenProgram implements EnclaveProgram {
  private static final Attributes MASK = new Attributes(~Attributes.MODE64BIT, 0);
  private static final long ALWAYS_IN = Attributes.INIT | Attributes.DEBUG;

  private final long operandPage;
  private final EinitToken wanted;
  private int state;
  private Report self;
  private EinitToken token;

  /**
   * @param wanted ATTRIBUTES, MRENCLAVE and MRSIGNER of the enclave to launch
   */
  public TokenProgram(long operandPage, EinitToken wanted) {
    this.operandPage = operandPage;
    this.wanted = wanted;
  }

  @Override
  public EnclaveStep next(StepResult.Done previous) {
    switch (state++) {
      case 0:
        return new EnclaveStep.MakeReport(
            TargetInfo.builder().build(), Bytes.zeros(64), operandPage);
      case 1:
        self = Report.parse(previous.value());
        return new EnclaveStep.GetKey(
            KeyRequest.builder()
                .keyName(KeyRequest.EINITTOKEN)
                .cpuSvn(self.cpuSvn())
                .isvSvn(self.isvSvn())
                .attributeMask(MASK)
                .miscMask(-1)
                .keyId(Bytes.copyOf(new byte[] {1, 2, 3}).sha256())
                .build(),
            operandPage);
      case 2:
        if (previous.code() != 0) {
          throw new IllegalStateException("EGETKEY refused with code " + previous.code());
        }
        token = sign(previous.value());
        return new EnclaveStep.Compute(2000);
      default:
        return new EnclaveStep.Exit(token.bytes());
    }
  }

  private EinitToken sign(Bytes key) {
    EinitToken unsigned =
        wanted.toBuilder()
            .valid(1)
            .cpuSvnLe(self.cpuSvn())
            .isvProdIdLe(self.isvProdId())
            .isvSvnLe(self.isvSvn())
            .maskedMiscSelectLe(self.miscSelect())
            .maskedAttributesLe(
                self.attributes().and(new Attributes(MASK.flags() | ALWAYS_IN, MASK.xfrm())))
            .keyId(Bytes.copyOf(new byte[] {1, 2, 3}).sha256())
            .build();
    return unsigned.toBuilder().mac(Cmac.aesCmac(key, unsigned.macInput())).build();
  }
}
