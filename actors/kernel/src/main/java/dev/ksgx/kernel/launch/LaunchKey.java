package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.protocol.message.Step;
import java.util.ArrayList;
import java.util.List;

/** Launch enclaves and the hashes of their signers, as the four MSRs want them. */
public final class LaunchKey {
  private static final int WORDS = 4;

  private LaunchKey() {}

  /**
   * The launch enclave for {@code tcs} threads at a time, signed by a model key whose private half
   * everybody has: more TCSs are more pages and a longer start, and the signer is the same.
   */
  public static SignedEnclave enclave(int tcs) {
    return enclave(tcs, 0);
  }

  /** The same by another signer, from 0: signer 0 is the kernel's. */
  public static SignedEnclave enclave(int tcs, int signer) {
    return SampleEnclaves.launchEnclave(tcs, signer);
  }

  /** MRSIGNER of the launch enclave, 32 bytes: what the hash MSRs must hold for its tokens. */
  public static Bytes signer() {
    return signer(0);
  }

  /** MRSIGNER of the launch enclaves of another signer, from 0. */
  public static Bytes signer(int number) {
    return ModelKeys.launchEnclave(number).mrsigner();
  }

  /** Where the TCS of thread {@code thread}, from 0, lies in ELRANGE: bytes from its base. */
  public static long tcsOffset(SignedEnclave enclave, int thread) {
    return enclave.image().pages().stream()
        .filter(page -> page.secInfo().pageType() == PageType.TCS)
        .skip(thread)
        .findFirst()
        .orElseThrow()
        .offset();
  }

  /** Where the page for the operands of that thread's leaves lies: the last before the next TCS. */
  public static long operandOffset(SignedEnclave enclave, int thread) {
    List<EnclaveImage.Page> pages = enclave.image().pages();
    long tcs = tcsOffset(enclave, thread);
    return pages.stream()
        .filter(page -> page.offset() > tcs)
        .takeWhile(page -> page.secInfo().pageType() != PageType.TCS)
        .reduce((first, second) -> second)
        .orElseThrow()
        .offset();
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
          case KERNEL_LE -> machine.launchHash().equals(signer());
          case USER_LE -> true;
          case DIRECT -> false;
        };
  }

  /**
   * What the driver writes to every core when it is loaded: the launch enclave's hash where it is
   * never told another; else nothing.
   */
  public static List<Step.Wrmsr> writesAtLoad(LaunchDesign design) {
    return design.hashSource() == HashSource.BOOT ? writeHash(signer()) : List.of();
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
