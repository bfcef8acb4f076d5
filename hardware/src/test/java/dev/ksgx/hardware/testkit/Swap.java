package dev.ksgx.hardware.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.paging.EvictedPage;

/**
 * A launched enclave at frame 0, an empty version array at {@link #VA}, and the steps of a driver
 * that swaps, each of which must succeed.
 */
public final class Swap {
  public static final int VA = 40;

  public final Rig rig;
  public final TestEnclave enclave;

  public Swap(Rig rig) {
    this(rig, TestEnclave.launched(rig, 0));
  }

  public Swap(Rig rig, TestEnclave enclave) {
    this.rig = rig;
    this.enclave = enclave;
    rig.ok(Encls.epa(rig.page(VA)));
  }

  /** EPC address of a slot. */
  public long slot(int number) {
    return rig.page(VA) + 8L * number;
  }

  /** EPC address of the page at this offset of the enclave. */
  public long page(long offset) {
    return rig.page(enclave.frame(offset));
  }

  /** EBLOCK and ETRACK. */
  public void prepare(long page) {
    rig.ok(Encls.eblock(page));
    rig.ok(Encls.etrack(enclave.secsPage()));
  }

  /** EBLOCK, ETRACK, EWB of a page of the enclave. */
  public EvictedPage evict(long page, int slot) {
    prepare(page);
    return write(page, slot(slot));
  }

  /** EWB. */
  public EvictedPage write(long page, long slot) {
    LeafInFlight leaf = rig.cpu.begin(Encls.ewb(page, slot));
    leaf.end();
    assertThat(leaf.result().describe()).isEqualTo("EWB: done");
    return leaf.evicted();
  }

  /** ELDU of a page of the enclave to where it was evicted from, into any frame. */
  public void load(long page, EvictedPage evicted, int slot) {
    rig.ok(loading(page, evicted, slot));
  }

  public EnclsRequest loading(long page, EvictedPage evicted, int slot) {
    return Encls.eldu(page, enclave.secsPage(), evicted.linaddr(), evicted, slot(slot));
  }
}
