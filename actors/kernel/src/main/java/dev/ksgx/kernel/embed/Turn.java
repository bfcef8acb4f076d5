package dev.ksgx.kernel.embed;

import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.SchedulerMessage;

/**
 * A thread of a process while it makes the calls of one operation, which is one request. At its end
 * the thread sleeps in user mode.
 */
final class Turn {
  private final Gateway gateway;
  private final ProcessSeat process;
  private final TaskRef task;
  private final RequestId request;
  private boolean signalled;

  Turn(Gateway gateway, ProcessSeat process, TaskRef task, RequestId request) {
    this.gateway = gateway;
    this.process = process;
    this.task = task;
    this.request = request;
  }

  TaskRef task() {
    return task;
  }

  RequestId request() {
    return request;
  }

  Flow flow() {
    return gateway.flow(this);
  }

  void signal() {
    signalled = true;
    gateway.doors().scheduler().tell(new SchedulerMessage.Signal(task));
  }

  /** The operation is over. What was not interrupted by a signal meets its handler now. */
  void end() {
    process.inCall.remove(task.tid());
    gateway.probe().done(request.value());
    if (signalled) {
      gateway.doors().scheduler().tell(new SchedulerMessage.SignalHandled(task));
    }
    gateway.doors().scheduler().tell(new SchedulerMessage.Block(task));
    process.idle.push(task);
  }
}
