package dev.ksgx.kernel.reclaim;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * v5: the processes in turn, then the enclaves of the process in turn. A process with one small
 * enclave loses frames at the same rate as one with one huge enclave (B-47).
 */
final class PerProcess implements VictimPolicy {
  private static final int TRIES = 16;

  private final Map<Integer, ArrayDeque<Tenant>> enclaves = new LinkedHashMap<>();
  private final ArrayDeque<Integer> processes = new ArrayDeque<>();

  @Override
  public void add(Tenant tenant) {
    enclaves
        .computeIfAbsent(
            tenant.pid,
            pid -> {
              processes.addLast(pid);
              return new ArrayDeque<>();
            })
        .addLast(tenant);
  }

  @Override
  public void remove(Tenant tenant) {
    ArrayDeque<Tenant> mine = enclaves.get(tenant.pid);
    mine.remove(tenant);
    if (mine.isEmpty()) {
      enclaves.remove(tenant.pid);
      processes.remove(tenant.pid);
    }
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
    Integer pid = processes.pollFirst();
    if (pid == null) {
      return List.of();
    }
    processes.addLast(pid);
    ArrayDeque<Tenant> mine = enclaves.get(pid);
    Tenant tenant = mine.pollFirst();
    mine.addLast(tenant);
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
