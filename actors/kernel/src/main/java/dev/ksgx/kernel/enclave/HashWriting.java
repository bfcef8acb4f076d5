package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Whose hash the MSRs have to hold for an EINIT, and the bursts that see to it (driver.md 4). Where
 * they are locked, or nobody has said whose, they do with what they hold.
 */
final class HashWriting {
  private final MsrPolicy policy;
  private final Bytes hash;
  private final boolean onCode2;

  private HashWriting(MsrPolicy policy, Bytes hash, boolean onCode2) {
    this.policy = policy;
    this.hash = hash;
    this.onCode2 = onCode2;
  }

  static HashWriting of(KernelServices services, EnclaveMessage.Init init) {
    Bytes hash = hash(services.config().launch(), init);
    boolean writes = hash != null && services.launchControlUnlocked();
    MsrPolicy policy = services.config().launch().msr();
    boolean onCode2 =
        policy != MsrPolicy.CACHED || !services.config().bugs().has(Bugs.STALE_HASH_AFTER_CODE_2);
    return new HashWriting(writes ? policy : MsrPolicy.NEVER, hash, onCode2);
  }

  private static Bytes hash(LaunchDesign design, EnclaveMessage.Init init) {
    if (design.hasKernelLe() && init.token() == null) {
      return LaunchKey.signer();
    }
    return switch (design.hashSource()) {
      case KERNEL_LE, BOOT -> LaunchKey.signer();
      case PER_FD, IOCTL -> init.launchHash();
      case SIGNER -> init.arguments().sigstruct().mrsigner();
    };
  }

  /** The first attempt. */
  Burst first(Step einit) {
    return switch (policy) {
      case NEVER, LAZY -> Burst.of(einit);
      case CACHED -> pinned(cached(false), einit);
      case ALWAYS -> pinned(LaunchKey.writeHash(hash), einit);
    };
  }

  /**
   * The second attempt, where the first ended as it does with another hash in the MSRs; null if its
   * result stands.
   */
  Burst second(LeafResult first, Step einit) {
    boolean wrongHash =
        first.status() == Status.CODE
            && (first.code() == SgxCode.INVALID_EINITTOKEN
                || first.code() == SgxCode.INVALID_ATTRIBUTE && onCode2);
    if (!wrongHash) {
      return null;
    }
    return switch (policy) {
      case NEVER, ALWAYS -> null;
      case LAZY -> pinned(LaunchKey.writeHash(hash), einit);
      case CACHED -> pinned(cached(true), einit);
    };
  }

  private List<Step> cached(boolean force) {
    List<Step> steps = new ArrayList<>();
    for (Step.Wrmsr write : LaunchKey.writeHash(hash)) {
      steps.add(new Step.CachedWrmsr(write.msr(), write.value(), force));
    }
    return steps;
  }

  /** WRMSR and the EINIT that relies on it, with preemption off. */
  private static Burst pinned(List<? extends Step> writes, Step einit) {
    List<Step> steps = new ArrayList<>(writes);
    steps.add(einit);
    return Burst.preemptOff(steps);
  }
}
