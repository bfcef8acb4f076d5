package dev.ksgx.kernel.check;

import java.util.function.IntConsumer;

/** Books of a real pool, but for what a test overrides. */
class TamperedPool implements PoolView {
  private final PoolView real;

  TamperedPool(PoolView real) {
    this.real = real;
  }

  @Override
  public int free() {
    return real.free();
  }

  @Override
  public int inUse() {
    return real.inUse();
  }

  @Override
  public boolean isFree(int frame) {
    return real.isFree(frame);
  }

  @Override
  public void forEachFree(IntConsumer visit) {
    real.forEachFree(visit);
  }
}
