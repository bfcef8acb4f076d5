package dev.ksgx.kernel.reclaim;

import dev.ksgx.kernel.config.Paging;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Mainline: one list of all pages of the machine, the oldest first. A batch is what stands at its
 * head, of whatever enclaves.
 */
final class GlobalList implements VictimPolicy {
  /** A page in the list, and in the ring of its enclave's pages. */
  static final class Entry {
    private final Tenant tenant;
    private final long address;
    private Entry before;
    private Entry after;
    private Entry previousOfTenant;
    private Entry nextOfTenant;

    private Entry(Tenant tenant, long address) {
      this.tenant = tenant;
      this.address = address;
    }
  }

  private final Entry ends = new Entry(null, 0);

  GlobalList() {
    ends.before = ends;
    ends.after = ends;
  }

  @Override
  public void add(Tenant tenant) {
    // it comes with its first page
  }

  @Override
  public void remove(Tenant tenant) {
    while (tenant.pages != null) {
      unlink(tenant.pages);
    }
  }

  @Override
  public void loaded(Tenant tenant, long address) {
    Entry entry = new Entry(tenant, address);
    entry.before = ends.before;
    entry.after = ends;
    ends.before.after = entry;
    ends.before = entry;
    entry.nextOfTenant = tenant.pages;
    if (tenant.pages != null) {
      tenant.pages.previousOfTenant = entry;
    }
    tenant.pages = entry;
  }

  private void unlink(Entry entry) {
    entry.before.after = entry.after;
    entry.after.before = entry.before;
    if (entry.previousOfTenant == null) {
      entry.tenant.pages = entry.nextOfTenant;
    } else {
      entry.previousOfTenant.nextOfTenant = entry.nextOfTenant;
    }
    if (entry.nextOfTenant != null) {
      entry.nextOfTenant.previousOfTenant = entry.previousOfTenant;
    }
  }

  @Override
  public boolean isKnownEmpty() {
    return ends.after == ends;
  }

  @Override
  public List<Portion> next() {
    Map<Tenant, List<Long>> batch = new LinkedHashMap<>();
    for (int i = 0; i < Paging.BATCH && !isKnownEmpty(); i++) {
      Entry first = ends.after;
      unlink(first);
      batch.computeIfAbsent(first.tenant, tenant -> new ArrayList<>()).add(first.address);
    }
    List<Portion> portions = new ArrayList<>();
    batch.forEach((tenant, pages) -> portions.add(new Portion(tenant, pages)));
    return portions;
  }

  @Override
  public void spared(Tenant tenant, List<Long> pages) {
    pages.forEach(page -> loaded(tenant, page));
  }

  @Override
  public int tries() {
    return 1;
  }
}
