package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.crypto.KeyDependencies;
import dev.ksgx.hardware.crypto.KeyField;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.platform.PackageRegisters;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.TargetInfo;

/** What enters each of the five keys of an enclave (isa.md 7.2, 7.3). */
final class EnclaveKeys {
  /** INIT and DEBUG always enter a key. */
  private static final long ALWAYS_IN = Attributes.INIT | Attributes.DEBUG;

  private final PackageRegisters registers;
  private final SecsState.Launched launched;
  private final Secs secs;

  EnclaveKeys(PackageRegisters registers, SecsState secs) {
    this.registers = registers;
    this.launched = secs.launched();
    this.secs = launched.image();
  }

  /** The key that an enclave with these rights asks for, 16 bytes. */
  Bytes derive(KeyRequest request) {
    KeyDependencies key =
        switch (request.keyName()) {
          case KeyRequest.SEAL -> seal(request);
          case KeyRequest.REPORT ->
              reportKey(
                  registers,
                  secs.mrenclave(),
                  secs.attributes(),
                  secs.miscSelect(),
                  secs.configId(),
                  secs.configSvn(),
                  request.keyId());
          case KeyRequest.EINITTOKEN -> launch(request);
          case KeyRequest.PROVISION -> provision(request);
          default -> provisionSeal(request);
        };
    return registers.keyDerivation().derive(key);
  }

  /** The report key of another enclave, as EREPORT derives it, 16 bytes. */
  static Bytes reportKeyOf(PackageRegisters registers, TargetInfo target) {
    return registers
        .keyDerivation()
        .derive(
            reportKey(
                registers,
                target.measurement(),
                target.attributes(),
                target.miscSelect(),
                target.configId(),
                target.configSvn(),
                registers.reportKeyId()));
  }

  private static KeyDependencies reportKey(
      PackageRegisters registers,
      Bytes mrenclave,
      Attributes attributes,
      int miscSelect,
      Bytes configId,
      int configSvn,
      Bytes keyId) {
    return new KeyDependencies(KeyRequest.REPORT)
        .set(KeyField.SGXOWNEREPOCH, registers.ownerEpoch())
        .set(KeyField.ATTRIBUTES, attributes)
        .set(KeyField.MRENCLAVE, mrenclave)
        .set(KeyField.KEYID, keyId)
        .set(KeyField.SEAL_KEY_FUSES, registers.sealFuses())
        .set(KeyField.CPUSVN, registers.cpuSvn())
        .set(KeyField.PADDING, SignatureCheck.PKCS1_PADDING)
        .set(KeyField.MISCSELECT, miscSelect)
        .set(KeyField.CONFIGID, configId)
        .set(KeyField.CONFIGSVN, configSvn);
  }

  private KeyDependencies launch(KeyRequest request) {
    return common(request)
        .set(KeyField.ISVPRODID, secs.isvProdId())
        .set(KeyField.SGXOWNEREPOCH, registers.ownerEpoch())
        .set(KeyField.MRSIGNER, secs.mrsigner())
        .set(KeyField.KEYID, request.keyId())
        .set(KeyField.SEAL_KEY_FUSES, registers.sealFuses());
  }

  private KeyDependencies provision(KeyRequest request) {
    return masked(request)
        .set(KeyField.ISVPRODID, secs.isvProdId())
        .set(KeyField.MRSIGNER, secs.mrsigner());
  }

  private KeyDependencies provisionSeal(KeyRequest request) {
    return byPolicy(request)
        .set(KeyField.MRSIGNER, secs.mrsigner())
        .set(KeyField.SEAL_KEY_FUSES, registers.sealFuses());
  }

  private KeyDependencies seal(KeyRequest request) {
    KeyDependencies key =
        byPolicy(request)
            .set(KeyField.SGXOWNEREPOCH, registers.ownerEpoch())
            .set(KeyField.KEYID, request.keyId())
            .set(KeyField.SEAL_KEY_FUSES, registers.sealFuses());
    if (policy(request, KeyRequest.POLICY_MRENCLAVE)) {
      key.set(KeyField.MRENCLAVE, secs.mrenclave());
    }
    if (policy(request, KeyRequest.POLICY_MRSIGNER)) {
      key.set(KeyField.MRSIGNER, secs.mrsigner());
    }
    return key;
  }

  /** The rows that KEYPOLICY governs in both seal keys. */
  private KeyDependencies byPolicy(KeyRequest request) {
    KeyDependencies key = masked(request).set(KeyField.KEYPOLICY, request.keyPolicy());
    if (!policy(request, KeyRequest.POLICY_NOISVPRODID)) {
      key.set(KeyField.ISVPRODID, secs.isvProdId());
    }
    if (policy(request, KeyRequest.POLICY_CONFIGID)) {
      key.set(KeyField.CONFIGID, secs.configId()).set(KeyField.CONFIGSVN, request.configSvn());
    }
    if (policy(request, KeyRequest.POLICY_ISVFAMILYID)) {
      key.set(KeyField.ISVFAMILYID, launched.isvFamilyId());
    }
    if (policy(request, KeyRequest.POLICY_ISVEXTPRODID)) {
      key.set(KeyField.ISVEXTPRODID, launched.isvExtProdId());
    }
    return key;
  }

  /** The rows of all keys whose masks enter too. */
  private KeyDependencies masked(KeyRequest request) {
    return common(request)
        .set(KeyField.ATTRIBUTESMASK, request.attributeMask())
        .set(KeyField.MISCMASK, ~request.miscMask());
  }

  /** The rows of all keys but the report key. */
  private KeyDependencies common(KeyRequest request) {
    Attributes mask = request.attributeMask();
    Attributes attributes =
        secs.attributes().and(new Attributes(mask.flags() | ALWAYS_IN, mask.xfrm()));
    return new KeyDependencies(request.keyName())
        .set(KeyField.ISVSVN, request.isvSvn())
        .set(KeyField.ATTRIBUTES, attributes)
        .set(KeyField.CPUSVN, registers.keyDerivation().effectiveCpuSvn(request.cpuSvn()))
        .set(KeyField.PADDING, launched.padding())
        .set(KeyField.MISCSELECT, secs.miscSelect() & request.miscMask());
  }

  private static boolean policy(KeyRequest request, int bit) {
    return (request.keyPolicy() & bit) != 0;
  }
}
