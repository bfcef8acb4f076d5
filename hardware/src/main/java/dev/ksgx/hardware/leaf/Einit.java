package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.launch.EinitRules;
import dev.ksgx.hardware.launch.Refusal;
import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;

/**
 * EINIT (isa.md 6.1). The checks of what it is given are in {@link EinitRules}; here are those of
 * where and when, and the order of all.
 *
 * @param rbx address of the SIGSTRUCT
 * @param rcx EPC page of the SECS
 * @param rdx address of the EINITTOKEN
 * @param sigStruct what lies at {@code rbx}, null if that is not mapped
 * @param token what lies at {@code rdx}, null if that is not mapped
 */
public record Einit(long rbx, long rcx, long rdx, SigStruct sigStruct, EinitToken token)
    implements EnclsRequest {
  static final String EVENT_PENDING = "no unmasked interrupt, NMI or SMI is pending";

  @Override
  public Leaf leaf() {
    return Leaf.EINIT;
  }

  @Override
  public LeafInFlight begin(LeafContext cpu) {
    LeafRun run = new LeafRun(cpu, Leaf.EINIT);
    // 1.
    if (!Operand.usable(rbx, 4096) || !Operand.usable(rcx, 4096) || !Operand.usable(rdx, 512)) {
      return run.gp(1, "RBX and RCX are aligned 4096 and RDX 512");
    }
    // 2.
    int frame = run.epc.frameOf(rcx);
    if (frame < 0) {
      return run.notInEpc(2, rcx, "RCX is in the EPC");
    }
    // 3.
    if (sigStruct == null || token == null) {
      return run.notMapped(
          3, sigStruct == null ? rbx : rdx, "SIGSTRUCT and EINITTOKEN are mapped, even unused");
    }
    // 4.
    Refusal refusal = EinitRules.checkHeader(sigStruct, cpu.cpuid().kss());
    if (refusal != null) {
      return refused(run, refusal);
    }
    // 5.
    if (cpu.eventPending()) {
      return run.code(5, SgxCode.UNMASKED_EVENT, EVENT_PENDING);
    }
    // 6.
    refusal = EinitRules.checkSignature(sigStruct);
    if (refusal != null) {
      return refused(run, refusal);
    }
    // 7.
    if (!run.words.shared(frame)) {
      return run.conflict(7, "no other leaf uses the SECS exclusively");
    }
    // 8.
    if (!EpcmState.isValid(run.epcm.state(frame), PageType.SECS)) {
      return run.epcmViolation(8, rcx, "RCX is a valid SECS");
    }
    // 9.
    SecsState secs = run.epcm.secs(frame);
    refusal = EinitRules.checkKss(secs.attributes(), sigStruct);
    if (refusal != null) {
      return refused(run, refusal);
    }
    // 10.
    if (!run.words.groupB(frame)) {
      return run.conflict(10, "no other leaf measures the enclave");
    }
    if (secs.initialised()) {
      return run.gp(10, "the enclave is not initialised yet");
    }
    // 11. to 22.
    Bytes mrenclave = secs.measurement().mrenclave();
    refusal =
        new EinitRules(cpu.registers(), cpu.msrs().hash())
            .check(secs.image(), mrenclave, sigStruct, token);
    if (refusal != null) {
      return refused(run, refusal);
    }
    // 24.
    SecsState.Launched launched = launched(secs.image(), mrenclave);
    return run.accepted(() -> secs.launch(launched));
  }

  private SecsState.Launched launched(Secs before, Bytes mrenclave) {
    Attributes attributes = before.attributes();
    Secs image =
        before.toBuilder()
            .attributes(new Attributes(attributes.flags() | Attributes.INIT, attributes.xfrm()))
            .mrenclave(mrenclave)
            .mrsigner(sigStruct.mrsigner())
            .isvProdId(sigStruct.isvProdId())
            .isvSvn(sigStruct.isvSvn())
            .build();
    return new SecsState.Launched(
        image, sigStruct.isvFamilyId(), sigStruct.isvExtProdId(), SignatureCheck.PKCS1_PADDING);
  }

  private static LeafInFlight refused(LeafRun run, Refusal refusal) {
    return run.code(refusal.step(), refusal.code(), refusal.check());
  }
}
