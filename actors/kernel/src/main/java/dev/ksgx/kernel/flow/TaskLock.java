package dev.ksgx.kernel.flow;

import dev.ksgx.kernel.KernelServices;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.queue.WaitQueue;
import dev.ksgx.runtime.queue.Waiter;

/**
 * A driver lock as private state of the actor that owns what it protects. A task that has to wait
 * sleeps uninterruptibly, as in {@code mutex_lock} and {@code down_read}, and holds the lock from
 * the moment it is passed on, before it has a core again.
 */
public final class TaskLock {
  /** Most tasks that a kernel has (PID_MAX_LIMIT); no queue can be longer. */
  private static final int MAX_TASKS = 1 << 22;

  private record Turn(Flow flow, Runnable then) implements Waiter {
    @Override
    public long request() {
      return KernelServices.timeline(flow.task(), flow.request());
    }

    @Override
    public long task() {
      return flow.task().tid();
    }

    void run() {
      flow.locked();
      then.run();
    }
  }

  private final WaitQueue<Turn> queue;

  private TaskLock(WaitQueue<Turn> queue) {
    this.queue = queue;
  }

  /** A mutex. */
  public static TaskLock mutex(Probe probe, Resource resource) {
    return new TaskLock(WaitQueue.mutex(probe, resource, MAX_TASKS));
  }

  /** Up to {@code permits} holders at a time. */
  public static TaskLock semaphore(Probe probe, Resource resource, int permits) {
    return new TaskLock(WaitQueue.semaphore(probe, resource, permits, MAX_TASKS));
  }

  /** A reader/writer semaphore, fair to writers. */
  public static TaskLock readWrite(Probe probe, Resource resource) {
    return new TaskLock(WaitQueue.readWrite(probe, resource, MAX_TASKS));
  }

  /** Take the mutex, or the lock for reading, then go on. */
  public void acquire(Flow flow, Runnable then) {
    Turn turn = new Turn(flow, then);
    if (queue.acquire(turn)) {
      turn.run();
    } else {
      flow.block();
    }
  }

  /** Take the lock for writing, then go on. */
  public void acquireForWriting(Flow flow, Runnable then) {
    Turn turn = new Turn(flow, then);
    if (queue.acquireAll(turn)) {
      turn.run();
    } else {
      flow.block();
    }
  }

  /** Give it back; who is next goes on. */
  public void release(Flow flow) {
    flow.unlocked();
    queue.release(new Turn(flow, null), Turn::run);
  }

  /** Whether no task holds it. */
  public boolean isFree() {
    return queue.holders() == 0;
  }

  /** What the lock reports to. */
  public Resource resource() {
    return queue.resource();
  }
}
