package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The end of a process: its threads leave user mode, its calls end, then its mappings go, then its
 * files, then its tasks.
 */
final class ProcessExit {
  private final int pid;
  private final ActorRef<SchedulerMessage.Request> scheduler;
  private final ActorRef<DeviceMessage.Request> device;
  private final Calls calls;
  private final ActorRef<Reply> self;
  private final BiConsumer<Flow, Runnable> unmapAll;
  private final Runnable onOver;
  private final List<Runnable> answers = new ArrayList<>();
  private int openCalls;
  private boolean underWay;
  private boolean over;
  private Runnable whenCallsEnd;

  /**
   * @param unmapAll takes every mapping away, then goes on
   * @param onOver hears that the process is over
   */
  ProcessExit(
      int pid,
      ActorRef<SchedulerMessage.Request> scheduler,
      ActorRef<DeviceMessage.Request> device,
      Calls calls,
      ActorRef<Reply> self,
      BiConsumer<Flow, Runnable> unmapAll,
      Runnable onOver) {
    this.pid = pid;
    this.scheduler = scheduler;
    this.device = device;
    this.calls = calls;
    this.self = self;
    this.unmapAll = unmapAll;
    this.onOver = onOver;
  }

  /** A call or a fault of the process is in the address space. */
  void callBegins() {
    openCalls++;
  }

  void callEnds() {
    openCalls--;
    if (openCalls == 0 && whenCallsEnd != null) {
      Runnable then = whenCallsEnd;
      whenCallsEnd = null;
      then.run();
    }
  }

  /** Whether the exit has begun. */
  boolean isUnderWay() {
    return underWay;
  }

  boolean isOver() {
    return over;
  }

  /** Begin, or join an exit that has begun; answered when the process is over. */
  void begin(Flow flow, long call, ActorRef<? super Returned> replyTo) {
    Runnable answer = () -> replyTo.tell(new Returned(call, flow.task(), CallResult.OK));
    if (over) {
      answer.run();
      return;
    }
    answers.add(answer);
    if (underWay) {
      return;
    }
    underWay = true;
    scheduler.tell(
        new SchedulerMessage.LeaveUserMode(
            pid,
            null,
            calls.<SchedulerMessage.Left>expect(left -> afterCalls(() -> awaitDriver(flow))),
            self));
  }

  private void afterCalls(Runnable then) {
    if (openCalls == 0) {
      then.run();
    } else {
      whenCallsEnd = then;
    }
  }

  private void awaitDriver(Flow flow) {
    device.tell(
        new DeviceMessage.AwaitQuiet(
            pid,
            calls.<DeviceMessage.Quiet>expect(
                quiet -> unmapAll.accept(flow, () -> closeFiles(flow))),
            self));
  }

  private void closeFiles(Flow flow) {
    device.tell(
        new DeviceMessage.CloseAll(
            flow.task(), flow.request(), calls.<DeviceMessage.Quiet>expect(closed -> end()), self));
  }

  /** From now on this is a tombstone: it refuses calls, so that nobody waits for an answer. */
  private void end() {
    scheduler.tell(new SchedulerMessage.ExitProcess(pid));
    over = true;
    answers.forEach(Runnable::run);
    answers.clear();
    onOver.run();
  }
}
