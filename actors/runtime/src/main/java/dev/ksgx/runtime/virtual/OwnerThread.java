package dev.ksgx.runtime.virtual;

import dev.ksgx.runtime.failure.Failure;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The thread that makes and drives a virtual system, and what other threads tried meanwhile. */
final class OwnerThread {
  private final Thread owner = Thread.currentThread();
  private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
  private volatile Failure intrusion;

  boolean isCurrent() {
    return Thread.currentThread() == owner;
  }

  String name() {
    return owner.getName();
  }

  /**
   * Notes that the current thread reached into the system: the run is lost, since nothing decides
   * the order any more. To be noted and not only thrown, as Akka swallows what a send throws.
   */
  IllegalStateException intruded(long nowNanos) {
    String thread = Thread.currentThread().getName();
    IllegalStateException error =
        new IllegalStateException(
            "thread "
                + thread
                + " reached into the virtual system driven by thread "
                + owner.getName()
                + ": determinism is lost (a future's callback, an ask, or a thread of your own?)");
    if (intrusion == null) {
      intrusion = new Failure("thread " + thread, error, nowNanos);
    }
    return error;
  }

  /** The first intrusion, or null. */
  Failure intrusion() {
    return intrusion;
  }

  /** Keeps an intruder's task: closing the system needs it run all the same. */
  void keep(Runnable task) {
    inbox.add(task);
  }

  Runnable pollKept() {
    return inbox.poll();
  }
}
