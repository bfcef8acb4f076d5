package dev.ksgx.load.scenario;

import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import java.util.List;

/**
 * Several signers of launch enclaves: a matter of the load, since it is programs that rely on them,
 * and of the driver, which has to know whose hash an EINIT needs.
 */
public final class LeSigners {
  private static final String KEY = "le-signers";

  private LeSigners() {}

  /**
   * The kernel with a daemon for each signer of the load, where programs get tokens from daemons.
   *
   * @param compared whether other designs are run under the same load: then one that has a single
   *     launch enclave by construction, or none, stands beside them as it is
   * @throws ScenarioException if the driver cannot serve as many signers
   */
  static KernelConfig applied(Values load, LoadPlan plan, KernelConfig kernel, boolean compared) {
    LaunchDesign design = kernel.launch();
    int signers = plan.leSigners();
    if (signers == 1) {
      return kernel;
    }
    if (!design.hasUserLe() && compared) {
      return kernel;
    }
    switch (design.tokens()) {
      case KERNEL_LE ->
          throw load.refused(
              KEY,
              "1 with kernel.launch = kernel-le: the kernel has one launch enclave, of one signer;"
                  + " several need kernel.launch = user-le with kernel.hash-source = per-fd");
      case DIRECT ->
          throw load.refused(
              KEY,
              "1 with kernel.launch = direct: no enclave needs a token of a launch enclave;"
                  + " load.signers is the number of keys that sign the enclaves");
      case USER_LE -> refuseOneHash(load, design.hashSource());
    }
    if (signers > plan.processes() && !compared) {
      throw load.refused(KEY, "at most load.processes: each process relies on one signer");
    }
    return kernel.withLaunch(design.withUserLe(design.userLe().withSigners(signers)));
  }

  /**
   * Scenarios that are compared, if the number of signers has a meaning in any of them.
   *
   * @throws ScenarioException if several are asked for and no driver has several
   */
  public static void check(List<Scenario> compared) {
    List<Scenario> asked = compared.stream().filter(each -> each.load().leSigners() > 1).toList();
    if (!asked.isEmpty() && asked.stream().allMatch(Scenario::isWithoutLeSigners)) {
      throw new Values(asked.get(0).config(), "load")
          .refused(
              KEY,
              "1, or one of the designs must have kernel.launch = user-le and"
                  + " kernel.hash-source = per-fd: none here has launch enclaves of several signers");
    }
  }

  private static void refuseOneHash(Values load, HashSource source) {
    String instead = "; kernel.hash-source = per-fd lets each process say whose";
    if (source == HashSource.BOOT) {
      throw load.refused(
          KEY,
          "1 with kernel.hash-source = boot: every core holds the hash of one signer for good"
              + instead);
    }
    if (source == HashSource.IOCTL) {
      throw load.refused(
          KEY,
          "1 with kernel.hash-source = ioctl: the machine has the hash that was said last, and"
              + " tokens of all other signers are void"
              + instead);
    }
  }
}
