package dev.ksgx.kernel.reclaim;

import java.util.ArrayDeque;
import java.util.List;

/** v6 to DCAP-LE: all enclaves in turn, whosever they are. */
final class PerEnclave implements VictimPolicy {
  private static final int TRIES = 16;

  private final ArrayDeque<Tenant> enclaves = new ArrayDeque<>();

  @Override
  public void add(Tenant tenant) {
    enclaves.addLast(tenant);
  }

  @Override
  public void remove(Tenant tenant) {
    enclaves.remove(tenant);
  }

  @Override
  public void loaded(Tenant tenant, long address) {
    // each enclave keeps its own list
  }

  @Override
  public boolean isKnownEmpty() {
    return false;
  }

  @Override
  public List<Portion> next() {
    Tenant tenant = enclaves.pollFirst();
    if (tenant == null) {
      return List.of();
    }
    enclaves.addLast(tenant);
    return List.of(new Portion(tenant, List.of()));
  }

  @Override
  public void spared(Tenant tenant, List<Long> pages) {
    // each enclave keeps its own list
  }

  @Override
  public int tries() {
    return TRIES;
  }
}
