package dev.ksgx.kernel.check;

import java.util.LinkedHashSet;
import java.util.Set;

/** Which enclaves were seen dead. */
final class Deaths {
  private final Set<Long> dead = new LinkedHashSet<>();

  /** What was dead once must be dead now. */
  void look(EnclaveView enclave, Findings findings) {
    if (enclave.isDead()) {
      dead.add(enclave.number());
    } else if (dead.contains(enclave.number())) {
      findings.add(Invariant.DEAD_STAYS, Findings.enclave(enclave), "was dead and is alive");
    }
  }

  /** The enclave is gone; its number does not come again. */
  void forget(EnclaveView enclave) {
    dead.remove(enclave.number());
  }
}
