package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.crypto.Cmac;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.Report;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.TargetInfo;

/** EREPORT (isa.md 3.4): a REPORT of the active enclave that the target enclave can verify. */
public final class Ereport {
  private static final int REPORTDATA_BYTES = 64;

  private Ereport() {}

  /**
   * EREPORT inside the enclave of {@code mode}.
   *
   * @param rbx linear address of the TARGETINFO
   * @param rcx linear address of the 64 bytes of REPORTDATA
   * @param rdx linear address of the 432 bytes for the REPORT
   */
  public static LeafResult run(LeafContext cpu, EnclaveMode mode, long rbx, long rcx, long rdx) {
    if (mode == null) {
      return LeafResult.gp(Leaf.EREPORT, 0, "EREPORT runs inside an enclave");
    }
    EnclaveOperands operands = new EnclaveOperands(cpu, mode, Leaf.EREPORT);
    // 1.
    LeafResult broken = operands.checkInput(1, "RBX", rbx, 512);
    // 2.
    if (broken == null) {
      broken = operands.checkInput(2, "RCX", rcx, 128);
    }
    // 3.
    if (broken == null) {
      broken = operands.checkOutput(3, "RDX", rdx, 512);
    }
    if (broken != null) {
      return broken;
    }
    TargetInfo target = TargetInfo.parse(operands.read(rbx, TargetInfo.LAYOUT.size()));
    Report body = body(cpu, mode.secs().launched(), operands.read(rcx, REPORTDATA_BYTES));
    Bytes key = EnclaveKeys.reportKeyOf(cpu.registers(), target);
    Bytes mac = Cmac.aesCmac(key, body.macInput());
    operands.write(rdx, body.toBuilder().mac(mac).build().bytes());
    return LeafResult.ok(Leaf.EREPORT);
  }

  private static Report body(LeafContext cpu, SecsState.Launched launched, Bytes reportData) {
    Secs secs = launched.image();
    return Report.builder()
        .cpuSvn(cpu.registers().cpuSvn())
        .miscSelect(secs.miscSelect())
        .isvExtProdId(launched.isvExtProdId())
        .attributes(secs.attributes())
        .mrenclave(secs.mrenclave())
        .mrsigner(secs.mrsigner())
        .configId(secs.configId())
        .isvProdId(secs.isvProdId())
        .isvSvn(secs.isvSvn())
        .configSvn(secs.configSvn())
        .isvFamilyId(launched.isvFamilyId())
        .reportData(reportData)
        .keyId(cpu.registers().reportKeyId())
        .build();
  }
}
