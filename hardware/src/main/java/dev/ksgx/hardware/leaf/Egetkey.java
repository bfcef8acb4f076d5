package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.crypto.KeyDerivation;
import dev.ksgx.hardware.crypto.KeyLayout;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SgxCode;

/** EGETKEY (isa.md 7.1). What enters each key is in {@link EnclaveKeys}. */
public final class Egetkey {
  private final LeafContext cpu;
  private final SecsState secs;
  private final KeyRequest request;

  private Egetkey(LeafContext cpu, SecsState secs, KeyRequest request) {
    this.cpu = cpu;
    this.secs = secs;
    this.request = request;
  }

  /**
   * EGETKEY inside the enclave of {@code mode}.
   *
   * @param rbx linear address of the KEYREQUEST
   * @param rcx linear address of the 16 bytes for the key
   */
  public static LeafResult run(LeafContext cpu, EnclaveMode mode, long rbx, long rcx) {
    if (mode == null) {
      return LeafResult.gp(Leaf.EGETKEY, 0, "EGETKEY runs inside an enclave");
    }
    EnclaveOperands operands = new EnclaveOperands(cpu, mode, Leaf.EGETKEY);
    // 1.
    LeafResult broken = operands.checkInput(1, "RBX", rbx, 512);
    if (broken != null) {
      return broken;
    }
    // 2.
    broken = operands.checkOutput(2, "RCX", rcx, 16);
    if (broken != null) {
      return broken;
    }
    KeyRequest request = KeyRequest.parse(operands.read(rbx, KeyRequest.LAYOUT.size()));
    Egetkey egetkey = new Egetkey(cpu, mode.secs(), request);
    broken = egetkey.check();
    if (broken != null) {
      return broken;
    }
    operands.write(rcx, new EnclaveKeys(cpu.registers(), mode.secs()).derive(request));
    return LeafResult.ok(Leaf.EGETKEY);
  }

  /** Steps 3 to 5. */
  private LeafResult check() {
    // 3.
    if (!request.reservedIsZero(cpu.cpuid().kss())) {
      return LeafResult.gp(Leaf.EGETKEY, 3, "reserved bytes and bits of KEYREQUEST are 0");
    }
    // 4.
    if (!secs.attributes().has(Attributes.KSS) && request.usesKss()) {
      return LeafResult.gp(Leaf.EGETKEY, 4, "KEYREQUEST uses KSS only in an enclave with KSS");
    }
    // 5.
    return switch (request.keyName()) {
      case KeyRequest.SEAL -> checkVersions(true);
      case KeyRequest.REPORT -> null;
      case KeyRequest.EINITTOKEN -> needs(Attributes.EINITTOKENKEY, "EINITTOKENKEY", false);
      case KeyRequest.PROVISION -> needs(Attributes.PROVISIONKEY, "PROVISIONKEY", false);
      // The manual does not test CONFIGSVN here; the SDK's simulation does.
      case KeyRequest.PROVISION_SEAL ->
          needs(
              Attributes.PROVISIONKEY,
              "PROVISIONKEY",
              cpu.registers().keyDerivation().layout() == KeyLayout.SDK_SIMULATION);
      default -> code(SgxCode.INVALID_KEYNAME, "KEYNAME is one of the five keys");
    };
  }

  private LeafResult needs(long attribute, String name, boolean configSvnTested) {
    return secs.attributes().has(attribute)
        ? checkVersions(configSvnTested)
        : code(SgxCode.INVALID_ATTRIBUTE, "the enclave has " + name);
  }

  private LeafResult checkVersions(boolean configSvnTested) {
    KeyDerivation keys = cpu.registers().keyDerivation();
    Secs image = secs.image();
    if (!keys.cpuSvnIsLegal(request.cpuSvn(), cpu.registers().cpuSvn())) {
      return code(SgxCode.INVALID_CPUSVN, "CPUSVN is not beyond the current one");
    }
    if (request.isvSvn() > image.isvSvn()) {
      return code(SgxCode.INVALID_ISVSVN, "ISVSVN is not beyond the enclave's");
    }
    if (configSvnTested && request.configSvn() > image.configSvn()) {
      return code(SgxCode.INVALID_ISVSVN, "CONFIGSVN is not beyond the enclave's");
    }
    return null;
  }

  private static LeafResult code(int code, String check) {
    return LeafResult.code(Leaf.EGETKEY, 5, code, check);
  }
}
