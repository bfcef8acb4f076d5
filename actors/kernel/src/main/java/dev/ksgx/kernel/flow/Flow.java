package dev.ksgx.kernel.flow;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Interrupted;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import java.util.function.Consumer;

/** A task at work for a request, as the code of one actor. */
public final class Flow {
  private final TaskRef task;
  private final RequestId request;
  private final Calls calls;
  private final ActorRef<Reply> self;
  private final ActorRef<SchedulerMessage.Request> scheduler;
  private int locks;

  public Flow(
      TaskRef task,
      RequestId request,
      Calls calls,
      ActorRef<Reply> self,
      ActorRef<SchedulerMessage.Request> scheduler) {
    this.task = task;
    this.request = request;
    this.calls = calls;
    this.self = self;
    this.scheduler = scheduler;
  }

  /** A lock was taken in this flow. */
  void locked() {
    locks++;
  }

  void unlocked() {
    locks--;
  }

  public TaskRef task() {
    return task;
  }

  public RequestId request() {
    return request;
  }

  /** Execute {@code burst} as this task, then go on. */
  public void run(Burst burst, Consumer<Executed> then) {
    scheduler.tell(
        new SchedulerMessage.Run(
            task, request, burst, locks > 0, calls.<Executed>expect(then), self));
  }

  /** Sleep until the next burst; give up the core. */
  public void block() {
    scheduler.tell(new SchedulerMessage.Block(task));
  }

  /**
   * Sleep until the next burst or a signal.
   *
   * @return the number of the wait, to {@link Calls#forget} when something else ended it
   */
  public long blockInterruptibly(Consumer<Interrupted> onSignal) {
    long call = calls.<Interrupted>expect(onSignal);
    scheduler.tell(new SchedulerMessage.BlockInterruptibly(task, call, self));
    return call;
  }
}
