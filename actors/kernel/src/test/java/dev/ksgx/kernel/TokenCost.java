package dev.ksgx.kernel;

import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;

/** What one token costs by the cost model, from the hash to the read (driver.md 5.1, 5.3). */
public final class TokenCost {
  private TokenCost() {}

  /** Cycles of the reference profile. */
  static long cycles() {
    return cycles(CostModel.pCfl());
  }

  /** Cycles for which the launch mutex is held: the launch enclave wakes up, then the requester. */
  static long cycles(CostModel costs) {
    return costs.cycles(Cost.HASH_MODULUS)
        + 5 * costs.cycles(Cost.PIPE_WRITE)
        + 2 * costs.cycles(Cost.PIPE_READ)
        + 2 * costs.cycles(Cost.CONTEXT_SWITCH)
        + ecall(costs);
  }

  /** Cycles of the launch enclave's own work for one token. */
  public static long ecall(CostModel costs) {
    return 2 * costs.cycles(Cost.ECALL_GLUE)
        + costs.cycles(Cost.EENTER)
        + costs.cycles(Cost.EREPORT)
        + costs.cycles(Cost.EGETKEY)
        + costs.cycles(Cost.TOKEN_MAC)
        + costs.cycles(Cost.EEXIT);
  }
}
