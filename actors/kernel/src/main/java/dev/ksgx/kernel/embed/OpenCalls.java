package dev.ksgx.kernel.embed;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Every call that has not been answered yet, so that the end of the kernel answers them all. Used
 * by callers' threads and by the gateway at once.
 */
final class OpenCalls {
  private final ConcurrentSkipListMap<Long, OpenCall<?>> open = new ConcurrentSkipListMap<>();
  private final AtomicLong last = new AtomicLong();
  private final AtomicReference<RuntimeException> over = new AtomicReference<>();
  private final ThreadLocal<Boolean> completing = ThreadLocal.withInitial(() -> false);

  /** A new call; failed already if the kernel is over. */
  <T> OpenCall<T> open() {
    long number = last.incrementAndGet();
    OpenCall<T> call = new OpenCall<>(this, number);
    open.put(number, call);
    if (over.get() != null) {
      call.fail(over.get());
    }
    return call;
  }

  int size() {
    return open.size();
  }

  /** The kernel is over: every open call fails, and every later one. The first reason stands. */
  void failAll(RuntimeException why) {
    over.compareAndSet(null, why);
    for (OpenCall<?> call : List.copyOf(open.values())) {
      call.fail(over.get());
    }
  }

  void complete(long number, Runnable completion) {
    open.remove(number);
    boolean outer = completing.get();
    completing.set(true);
    completion.run();
    completing.set(outer);
  }

  /**
   * @throws IllegalStateException if the thread runs a callback of a stage: the gateway would wait
   *     for itself
   */
  void requireNoCallback() {
    if (completing.get()) {
      throw new IllegalStateException(
          "a callback of a stage must not wait for the kernel: it runs in the kernel's gateway");
    }
  }
}
