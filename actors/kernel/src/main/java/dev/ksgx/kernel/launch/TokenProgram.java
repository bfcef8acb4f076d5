package dev.ksgx.kernel.launch;

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
 * What the launch enclave does for one request (driver.md 5.3): its own REPORT for CPUSVN and
 * ISVSVN, the launch key by EGETKEY, a MAC over the token. v5 gives a token to every enclave.
 */
public final class TokenProgram implements EnclaveProgram {
  private static final Attributes KEY_MASK = new Attributes(~Attributes.MODE64BIT, 0);
  private static final long ALWAYS_IN_KEY = Attributes.INIT | Attributes.DEBUG;

  /**
   * How a launch enclave is made.
   *
   * @param macCycles what CMAC and copies take
   * @param denies its policy forbids every enclave
   * @param hidesFailure it says nothing when it gets no key, and hands out a token without a MAC
   *     (B-31)
   */
  public record Rules(long macCycles, boolean denies, boolean hidesFailure) {}

  private final TokenRequest request;
  private final Bytes keyId;
  private final long operandPage;
  private final Rules rules;
  private Report report;
  private TokenReply reply;

  /**
   * @param keyId 32 random bytes
   * @param operandPage linear address of a page that the enclave can read and write
   */
  public TokenProgram(TokenRequest request, Bytes keyId, long operandPage, Rules rules) {
    this.request = request;
    this.keyId = keyId;
    this.operandPage = operandPage;
    this.rules = rules;
  }

  @Override
  public EnclaveStep next(StepResult.Done previous) {
    if (previous == null && rules.denies()) {
      return new EnclaveStep.Exit(TokenReply.refused(TokenReply.INVALID_PRIVILEGE).bytes());
    }
    if (previous == null) {
      return new EnclaveStep.MakeReport(TargetInfo.builder().build(), Bytes.zeros(64), operandPage);
    }
    if (report == null) {
      report = Report.parse(previous.value());
      return new EnclaveStep.GetKey(keyRequest(), operandPage);
    }
    if (reply == null) {
      reply = previous.code() == 0 ? sign(previous.value()) : noKey();
      return new EnclaveStep.Compute(rules.macCycles());
    }
    return new EnclaveStep.Exit(reply.bytes());
  }

  private TokenReply noKey() {
    return rules.hidesFailure()
        ? TokenReply.ZEROS
        : TokenReply.refused(TokenReply.UNEXPECTED_ERROR);
  }

  private KeyRequest keyRequest() {
    return KeyRequest.builder()
        .keyName(KeyRequest.EINITTOKEN)
        .cpuSvn(report.cpuSvn())
        .isvSvn(report.isvSvn())
        .attributeMask(KEY_MASK)
        .miscMask(-1)
        .keyId(keyId)
        .build();
  }

  private TokenReply sign(Bytes key) {
    Attributes masked =
        report.attributes().and(new Attributes(KEY_MASK.flags() | ALWAYS_IN_KEY, KEY_MASK.xfrm()));
    EinitToken unsigned =
        EinitToken.builder()
            .valid(1)
            .attributes(request.attributes())
            .mrenclave(request.mrenclave())
            .mrsigner(request.mrsigner())
            .cpuSvnLe(report.cpuSvn())
            .isvProdIdLe(report.isvProdId())
            .isvSvnLe(report.isvSvn())
            .maskedMiscSelectLe(report.miscSelect())
            .maskedAttributesLe(masked)
            .keyId(keyId)
            .build();
    Bytes mac = Cmac.aesCmac(key, unsigned.macInput());
    return new TokenReply(unsigned.toBuilder().mac(mac).build().bytes(), 0);
  }
}
