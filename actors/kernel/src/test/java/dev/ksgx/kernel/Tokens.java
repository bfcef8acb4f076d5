package dev.ksgx.kernel;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.crypto.Cmac;
import dev.ksgx.hardware.crypto.KeyDependencies;
import dev.ksgx.hardware.crypto.KeyDerivation;
import dev.ksgx.hardware.crypto.KeyField;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.KeyRequest;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.UserBuffer;

/** Tokens as a launch enclave of any signer would make them on a machine (isa.md 6.3). */
final class Tokens {
  private Tokens() {}

  /** A good token for enclaves of that image, by a launch enclave of that signer. */
  static Bytes by(Bytes leSigner, MachineConfig machine, SignedEnclave enclave) {
    return by(leSigner, machine, enclave, 0);
  }

  /**
   * @param keyId which of the many that the launch enclave could make
   */
  static Bytes by(Bytes leSigner, MachineConfig machine, SignedEnclave enclave, int keyId) {
    EinitToken unsigned =
        EinitToken.builder()
            .valid(1)
            .attributes(enclave.image().attributes())
            .mrenclave(enclave.sigStruct().enclaveHash())
            .mrsigner(enclave.sigStruct().mrsigner())
            .cpuSvnLe(machine.cpuSvn())
            .keyId(Bytes.zeros(32).withFlippedBit(keyId, 0))
            .build();
    Bytes key =
        new KeyDerivation(machine.keyLayout(), machine.deviceRoot())
            .derive(
                new KeyDependencies(KeyRequest.EINITTOKEN)
                    .set(KeyField.ISVPRODID, 0)
                    .set(KeyField.ISVSVN, 0)
                    .set(KeyField.SGXOWNEREPOCH, machine.ownerEpoch())
                    .set(KeyField.ATTRIBUTES, unsigned.maskedAttributesLe())
                    .set(KeyField.MRSIGNER, leSigner)
                    .set(KeyField.KEYID, unsigned.keyId())
                    .set(KeyField.SEAL_KEY_FUSES, machine.sealFuses())
                    .set(KeyField.CPUSVN, unsigned.cpuSvnLe())
                    .set(KeyField.PADDING, SignatureCheck.PKCS1_PADDING)
                    .set(KeyField.MISCSELECT, 0));
    return unsigned.toBuilder().mac(Cmac.aesCmac(key, unsigned.macInput())).build().bytes();
  }

  /** mmap to INIT with that token, as one process; what INIT returns. The core is given up. */
  static CallResult launch(Rig rig, Rig.Process process, SignedEnclave enclave, Bytes token) {
    return launch(rig, process, enclave, token == null ? null : () -> token);
  }

  static CallResult launch(Rig rig, Rig.Process process, SignedEnclave enclave, UserBuffer token) {
    long base = Ioctls.added(rig, process, enclave);
    CallResult result =
        rig.ioctl(process, new SgxIoctl.InitWithToken(base, enclave.sigStruct(), token));
    rig.munmap(process, base, enclave.image().sizeBytes());
    rig.block(process.task());
    return result;
  }
}
