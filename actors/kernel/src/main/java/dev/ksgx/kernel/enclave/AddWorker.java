package dev.ksgx.kernel.enclave;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Frozen;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The kernel thread behind v5's work queue: one work item an enclave, one at a time, in the order
 * in which their lists became non-empty; an item drains its enclave's list before the next one
 * starts.
 */
public final class AddWorker extends AbstractBehavior<AddWorkerMessage> {
  private record Item(ActorRef<EnclaveMessage.Request> enclave, RequestId request, long number) {}

  private final KernelServices services;
  private final TaskRef task;
  private final Resource worker;
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private final List<AddWorkerMessage.Flush> flushes = new ArrayList<>();
  private Item running;
  private long itemsQueued;
  private boolean frozen;
  private Runnable whenIdle;

  /**
   * @param task thread that runs the items
   */
  public static Behavior<AddWorkerMessage.Request> create(KernelServices services, TaskRef task) {
    return Behaviors.<AddWorkerMessage>setup(context -> new AddWorker(context, services, task))
        .narrow();
  }

  private AddWorker(ActorContext<AddWorkerMessage> context, KernelServices services, TaskRef task) {
    super(context);
    this.services = services;
    this.task = task;
    this.worker = services.probe().resource("add-worker", 1);
    this.self = context.getSelf().narrow();
  }

  @Override
  public Receive<AddWorkerMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(AddWorkerMessage.Queue.class, this::onQueue)
        .onMessage(AddWorkerMessage.Flush.class, this::onFlush)
        .onMessage(AddWorkerMessage.Freeze.class, this::onFreeze)
        .onMessage(AddWorkerMessage.Thaw.class, thaw -> onThaw())
        .onMessage(Reply.class, this::onReply)
        .build();
  }

  private Behavior<AddWorkerMessage> onQueue(AddWorkerMessage.Queue queue) {
    Item item = new Item(queue.enclave(), queue.request(), ++itemsQueued);
    items.add(item);
    worker.queued(item.number(), item.request().value());
    if (running == null) {
      startNext();
    }
    return this;
  }

  private void startNext() {
    running = frozen ? null : items.poll();
    if (running == null) {
      services.scheduler().tell(new SchedulerMessage.Block(task));
      if (whenIdle != null) {
        whenIdle.run();
        whenIdle = null;
      }
      return;
    }
    worker.acquired(running.number(), running.request().value());
    running
        .enclave()
        .tell(
            new EnclaveMessage.DrainAdds(
                task, calls.<EnclaveMessage.Drained>expect(drained -> onDrained()), self));
  }

  private Behavior<AddWorkerMessage> onFreeze(AddWorkerMessage.Freeze freeze) {
    frozen = true;
    whenIdle = () -> freeze.replyTo().tell(new Frozen(freeze.call()));
    if (running == null) {
      whenIdle.run();
      whenIdle = null;
    }
    return this;
  }

  private Behavior<AddWorkerMessage> onThaw() {
    frozen = false;
    if (running == null) {
      startNext();
    }
    return this;
  }

  private void onDrained() {
    Item done = running;
    worker.released(done.number());
    answerFlushes(done);
    startNext();
  }

  private void answerFlushes(Item done) {
    for (Iterator<AddWorkerMessage.Flush> it = flushes.iterator(); it.hasNext(); ) {
      AddWorkerMessage.Flush flush = it.next();
      if (flush.enclave().equals(done.enclave()) && !isQueued(flush.enclave())) {
        it.remove();
        flush.replyTo().tell(new AddWorkerMessage.Flushed(flush.call(), true));
      }
    }
  }

  private boolean isQueued(ActorRef<EnclaveMessage.Request> enclave) {
    for (Item item : items) {
      if (item.enclave().equals(enclave)) {
        return true;
      }
    }
    return false;
  }

  private Behavior<AddWorkerMessage> onFlush(AddWorkerMessage.Flush flush) {
    boolean isRunning = running != null && running.enclave().equals(flush.enclave());
    if (isRunning || isQueued(flush.enclave())) {
      services.scheduler().tell(new SchedulerMessage.Block(flush.task()));
      services
          .probe()
          .waiting(KernelServices.timeline(flush.task(), flush.request()), worker, task.tid());
      flushes.add(flush);
    } else {
      flush.replyTo().tell(new AddWorkerMessage.Flushed(flush.call(), false));
    }
    return this;
  }

  private Behavior<AddWorkerMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }
}
