package dev.ksgx.kernel.check;

import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/** Books of a real enclave, but for what a test overrides. */
class TamperedEnclave implements EnclaveView {
  private final EnclaveView real;

  TamperedEnclave(EnclaveView real) {
    this.real = real;
  }

  /** Books in which one page is another. */
  static TamperedEnclave page(EnclaveView real, long address, UnaryOperator<PageView> change) {
    return new TamperedEnclave(real) {
      @Override
      public PageView page(long at) {
        return at == address ? change.apply(real.page(at)) : real.page(at);
      }
    };
  }

  @Override
  public long number() {
    return real.number();
  }

  @Override
  public boolean isDead() {
    return real.isDead();
  }

  @Override
  public boolean isSettled() {
    return real.isSettled();
  }

  @Override
  public boolean keepsSlots() {
    return real.keepsSlots();
  }

  @Override
  public boolean keepsCopies() {
    return real.keepsCopies();
  }

  @Override
  public int secsFrame() {
    return real.secsFrame();
  }

  @Override
  public long secsSlot() {
    return real.secsSlot();
  }

  @Override
  public boolean isSecsBacked() {
    return real.isSecsBacked();
  }

  @Override
  public int resident() {
    return real.resident();
  }

  @Override
  public boolean isTaken(long slot) {
    return real.isTaken(slot);
  }

  @Override
  public int taken() {
    return real.taken();
  }

  @Override
  public PageView page(long address) {
    return real.page(address);
  }

  @Override
  public void forEachPage(Consumer<PageView> visit) {
    real.forEachPage(
        page -> {
          PageView seen = page(page.address());
          if (seen != null) {
            visit.accept(seen);
          }
        });
  }

  @Override
  public void forEachVersionArray(Consumer<VersionArrayView> visit) {
    real.forEachVersionArray(visit);
  }

  @Override
  public void forEachEntry(EntryVisitor visit) {
    real.forEachEntry(visit);
  }

  @Override
  public void forEachEntryOf(long address, IntConsumer visit) {
    real.forEachEntryOf(address, visit);
  }
}
