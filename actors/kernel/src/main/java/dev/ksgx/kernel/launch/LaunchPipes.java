package dev.ksgx.kernel.launch;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import java.util.ArrayDeque;

/**
 * The kernel's ends of the two pipes to one launch enclave's process. They carry bytes, not answers
 * to questions: a reply that its reader did not wait for is what the next reader gets.
 */
final class LaunchPipes {
  private final ActorRef<LaunchProcessMessage.Request> process;
  private final TaskRef task;
  private final ArrayDeque<Bytes> unread = new ArrayDeque<>();
  private int unwanted;
  private boolean open = true;
  private boolean paging;
  private Runnable reader;
  private Runnable watcher;

  LaunchPipes(ActorRef<LaunchProcessMessage.Request> process, TaskRef task) {
    this.process = process;
    this.task = task;
  }

  boolean belongsTo(TaskRef other) {
    return task.equals(other);
  }

  boolean belongsTo(ActorRef<?> other) {
    return process.equals(other);
  }

  TaskRef task() {
    return task;
  }

  /** Whether the process still has its ends. */
  boolean isOpen() {
    return open;
  }

  void write(RequestId request, Bytes bytes) {
    process.tell(new LaunchProcessMessage.ToProcess(request, bytes));
  }

  /** Bytes to read, without waiting; null if there are none. */
  Bytes read() {
    return unread.poll();
  }

  boolean hasUnread() {
    return !unread.isEmpty();
  }

  /** Whether the kernel is serving a page fault of the process. */
  boolean isPaging() {
    return paging;
  }

  /** A page fault of the process begins to be served, or is over. */
  void paging(boolean now) {
    paging = now;
    if (watcher != null) {
      watcher.run();
    }
  }

  /**
   * Wake {@code reader} when bytes arrive or the other end is closed; tell {@code watcher}
   * meanwhile when {@link #isPaging} changes.
   */
  void await(Runnable reader, Runnable watcher) {
    this.reader = reader;
    this.watcher = watcher;
  }

  /** The reader went away; whatever comes for it stays in the pipe. */
  void abandon() {
    reader = null;
    watcher = null;
  }

  /** The reply that is on its way will be thrown away. */
  void discardNext() {
    unwanted++;
  }

  void arrived(Bytes bytes) {
    if (unwanted > 0) {
      unwanted--;
      return;
    }
    unread.add(bytes);
    wake();
  }

  void closed() {
    open = false;
    wake();
  }

  void kill() {
    process.tell(LaunchProcessMessage.Kill.NOW);
  }

  private void wake() {
    if (reader != null) {
      Runnable woken = reader;
      reader = null;
      watcher = null;
      woken.run();
    }
  }
}
