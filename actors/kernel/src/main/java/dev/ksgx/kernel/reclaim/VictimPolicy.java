package dev.ksgx.kernel.reclaim;

import java.util.List;

/** Whose pages a reclaim pass looks at. */
interface VictimPolicy {
  /**
   * Victims of one enclave.
   *
   * @param pages addresses of its pages to look at; empty: the head of the enclave's own list
   */
  record Portion(Tenant tenant, List<Long> pages) {}

  /** An enclave is there. */
  void add(Tenant tenant);

  /** An enclave is no more, and none of its pages. */
  void remove(Tenant tenant);

  /** A page came into the EPC. */
  void loaded(Tenant tenant, long address);

  /** True if no page is there to evict. Only a list of all pages can tell without a look. */
  boolean isKnownEmpty();

  /** The victims of the next pass, in order; empty if there is no candidate. */
  List<Portion> next();

  /** Pages of a portion that were looked at and stay: they come last now. */
  void spared(Tenant tenant, List<Long> pages);

  /**
   * How many more portions a pass may ask for while the ones before had no page at all (driver.md
   * 6.3: at most 16 enclaves are tried).
   */
  int tries();
}
