package dev.ksgx.kernel.enclave;

import dev.ksgx.kernel.check.EnclaveView;
import dev.ksgx.kernel.check.PageView;
import dev.ksgx.kernel.check.VersionArrayView;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** The enclave as the conservation check sees it. */
final class EnclaveBooks implements EnclaveView {
  private final EnclaveState enclave;

  EnclaveBooks(EnclaveState enclave) {
    this.enclave = enclave;
  }

  @Override
  public long number() {
    return enclave.number;
  }

  @Override
  public boolean isDead() {
    return enclave.dead;
  }

  /** What an enclave had in the EPC when the power went is not there any more. */
  @Override
  public boolean isSettled() {
    return enclave.created && !enclave.lostPower() && enclave.lock.isFree();
  }

  @Override
  public boolean keepsSlots() {
    return enclave.slotAtAdd();
  }

  @Override
  public boolean keepsCopies() {
    return !enclave.reclaim().oneList();
  }

  @Override
  public int secsFrame() {
    return enclave.secsFrame;
  }

  @Override
  public long secsSlot() {
    return number(enclave.secsSlot);
  }

  @Override
  public boolean isSecsBacked() {
    return enclave.backing.read(enclave.backing.secsIndex()) != null;
  }

  @Override
  public int resident() {
    return enclave.resident;
  }

  @Override
  public boolean isTaken(long slot) {
    return enclave.vaPages.isTaken(slot);
  }

  @Override
  public int taken() {
    return enclave.vaPages.taken();
  }

  @Override
  public PageView page(long address) {
    Page page = enclave.pages.get(address);
    return page == null ? null : view(page);
  }

  private PageView view(Page page) {
    boolean backed = enclave.backing.read(enclave.pages.index(page.address)) != null;
    return new PageView(page.address, page.frame, number(page.slot), backed, page.pending);
  }

  private static long number(VaPages.Slot slot) {
    return slot == null ? -1 : slot.number();
  }

  @Override
  public void forEachPage(Consumer<PageView> visit) {
    enclave.pages.forEach(page -> visit.accept(view(page)));
  }

  @Override
  public void forEachVersionArray(Consumer<VersionArrayView> visit) {
    enclave.vaPages.forEach(
        array ->
            visit.accept(new VersionArrayView(array.frame, number(array.home), array.out != null)));
  }

  @Override
  public void forEachEntry(EntryVisitor visit) {
    enclave.mappings.all().forEach(mapping -> mapping.table().forEach(visit));
  }

  @Override
  public void forEachEntryOf(long address, IntConsumer visit) {
    for (Mappings.Mapping mapping : enclave.mappings.all()) {
      int frame = mapping.table().frameAt(address);
      if (frame >= 0) {
        visit.accept(frame);
      }
    }
  }
}
