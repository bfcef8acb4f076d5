package dev.ksgx.kernel.daemon;

import akka.actor.Cancellable;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.queue.Waiter;

/**
 * One request of a client, from its arrival to its answer. The client sleeps meanwhile, so that its
 * timeline shows what its request waits for. A daemon does not notice that a client has gone away
 * before it answers.
 */
final class Connection implements Waiter {
  /** Connections stand in queues beside tasks: no task has such a number. */
  private static final long FIRST_NUMBER = 1L << 32;

  /** The mark at the end of a turn at a launch enclave. */
  private static final String LEFT_ENCLAVE = "left-launch-enclave";

  final DaemonMessage.Ask ask;
  private final long number;
  private final Probe probe;
  private Cancellable patience;
  private Cancellable queueing;
  private boolean open = true;

  /** What goes on when this connection gets a launch enclave. */
  Runnable whenAdmitted;

  /**
   * @param index number of the connection, from 1
   */
  Connection(DaemonMessage.Ask ask, long index, Probe probe) {
    this.ask = ask;
    this.number = FIRST_NUMBER + index;
    this.probe = probe;
  }

  /** The alarm that rings when the client's patience ends. */
  void patience(Cancellable alarm) {
    patience = alarm;
  }

  /** The alarm that rings when it has queued for too long. */
  void queueing(Cancellable alarm) {
    queueing = alarm;
  }

  /** A worker has it. */
  void taken() {
    if (queueing != null) {
      queueing.cancel();
      queueing = null;
    }
  }

  /** Nobody is there any more to be told, or to wait: 0. */
  @Override
  public long request() {
    return open ? timeline() : 0;
  }

  private long timeline() {
    return KernelServices.timeline(ask.task(), ask.request());
  }

  @Override
  public long task() {
    return number;
  }

  @Override
  public boolean interruptible() {
    return true;
  }

  /** The client now waits for that. */
  void waitsFor(Resource resource, long holder) {
    probe.waiting(request(), resource, holder);
  }

  /** Its turn at a launch enclave is over, whether or not its client is still there. */
  void leavesEnclave() {
    probe.mark(timeline(), LEFT_ENCLAVE);
  }

  /** Tell the client, if it is still there: from then on it is not. True if it was. */
  boolean answer(Bytes token, CallResult result) {
    boolean wasOpen = open;
    open = false;
    taken();
    if (wasOpen) {
      patience.cancel();
      ask.replyTo().tell(new DaemonMessage.Answer(ask.call(), token, result));
    }
    return wasOpen;
  }
}
