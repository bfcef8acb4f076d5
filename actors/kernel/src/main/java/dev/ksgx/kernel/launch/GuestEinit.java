package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * An EINIT of a KVM guest as the host runs it for a virtual processor ({@code TaskRef.Kind.GUEST}):
 * the trap, the guest's hash in the MSRs, EINIT with preemption off, nothing restored (driver.md
 * 4). The guest's enclave is in the guest's own EPC, so that only the time of its EINIT is here.
 */
public final class GuestEinit {
  /** Of a trapped EINIT beside WRMSR and EINIT (costs.md 1: the KVM patch of 2021), in cycles. */
  public static final long TRAP_CYCLES = 1_500;

  private GuestEinit() {}

  /**
   * One EINIT that succeeds.
   *
   * @param hash what the guest believes to be in its IA32_SGXLEPUBKEYHASH, 32 bytes
   */
  public static Burst burst(Bytes hash, KernelConfig config) {
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.Compute(TRAP_CYCLES));
    steps.addAll(LaunchKey.writeHash(hash));
    steps.add(new Step.Compute(config.costs().inCyclesAt(config.ghz()).cycles(Cost.EINIT)));
    return Burst.preemptOff(steps);
  }
}
