package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.protocol.message.Step;
import java.util.ArrayList;
import java.util.List;

/** The kernel's launch enclave and the hash of its signer, as the four MSRs want it. */
public final class LaunchKey {
  private static final int WORDS = 4;

  private LaunchKey() {}

  /** The launch enclave, signed by a model key whose private half everybody has. */
  static SignedEnclave enclave() {
    return SampleEnclaves.launchEnclave();
  }

  /**
   * Whether the driver loads there (driver.md 1.1). One that makes tokens or needs none has to be
   * able to write the hash MSRs, unless they hold the hash of its own launch enclave already; one
   * that takes them from a daemon asks for nothing.
   */
  public static boolean isUsableOn(MachineConfig machine, LaunchDesign design) {
    boolean unlocked = (machine.featureControl() & LaunchControlMsrs.LAUNCH_CONTROL_ENABLE) != 0;
    return unlocked
        || switch (design.tokens()) {
          case KERNEL_LE -> machine.launchHash().equals(hash());
          case USER_LE -> true;
          case DIRECT -> false;
        };
  }

  /**
   * What the driver writes to every core when it is loaded: the launch enclave's hash where it is
   * never told another; else nothing.
   */
  public static List<Step.Wrmsr> writesAtLoad(LaunchDesign design) {
    return design.hashSource() == HashSource.BOOT ? writeHash(hash()) : List.of();
  }

  /** The hash of the launch enclave's signer, 32 bytes. */
  public static Bytes hash() {
    return enclave().sigStruct().mrsigner();
  }

  /** WRMSR of any signer's hash, 32 bytes, to IA32_SGXLEPUBKEYHASH0 to 3. */
  public static List<Step.Wrmsr> writeHash(Bytes hash) {
    List<Step.Wrmsr> steps = new ArrayList<>(WORDS);
    for (int word = 0; word < WORDS; word++) {
      steps.add(new Step.Wrmsr(LaunchControlMsrs.LE_PUBKEY_HASH0 + word, hash.u64(8 * word)));
    }
    return steps;
  }
}
