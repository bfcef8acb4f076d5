package dev.ksgx.kernel.embed;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.kernel.KernelGuardian;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The one actor between an embedder's threads and the kernel, which is its child. It gives each
 * operation a thread of the process, since a task has one system call outstanding, and completes
 * the stages. A failure of the kernel ends it too.
 */
final class Gateway extends AbstractBehavior<ClientMessage> {
  /** An embedder's wish. */
  record Submit<T>(Operation<T> operation, OpenCall<T> call) implements ClientMessage {}

  /** It is time to go on. */
  private record Later(Runnable what) implements ClientMessage {}

  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final ActorRef<KernelMessage.Request> kernel;
  private final RuntimeExtension runtime;
  private final Map<Integer, ProcessSeat> processes = new LinkedHashMap<>();
  private final BitSet unplugged = new BitSet();
  private List<Submit<?>> beforeBoot = new ArrayList<>();
  private KernelMessage.Doors doors;
  private long requests;
  private int programs;
  private long launches;

  static Behavior<ClientMessage> create(KernelConfig config, Machine machine) {
    return Behaviors.setup(context -> new Gateway(context, config, machine));
  }

  private Gateway(ActorContext<ClientMessage> context, KernelConfig config, Machine machine) {
    super(context);
    this.self = context.getSelf().narrow();
    this.runtime = RuntimeExtension.get(context.getSystem());
    this.kernel = Children.spawn(context, KernelGuardian.create(config, machine), "kernel");
    long call = calls.<KernelMessage.Doors>expect(this::booted);
    kernel.tell(new KernelMessage.AskDoors(call, self));
  }

  private void booted(KernelMessage.Doors found) {
    doors = found;
    List<Submit<?>> waiting = beforeBoot;
    beforeBoot = null;
    waiting.forEach(Gateway.this::start);
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(Submit.class, this::onSubmit)
        .onMessage(Later.class, this::onLater)
        .build();
  }

  private Behavior<ClientMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private Behavior<ClientMessage> onSubmit(Submit<?> submit) {
    if (doors == null) {
      beforeBoot.add(submit);
    } else {
      start(submit);
    }
    return this;
  }

  private Behavior<ClientMessage> onLater(Later later) {
    later.what().run();
    return this;
  }

  private <T> void start(Submit<T> submit) {
    if (!submit.call().isOver()) {
      submit.operation().start(this, submit.call());
    }
  }

  KernelMessage.Doors doors() {
    return doors;
  }

  ActorRef<KernelMessage.Request> kernel() {
    return kernel;
  }

  /** Where answers are waited for; they come to {@link #self()}. */
  Calls calls() {
    return calls;
  }

  ActorRef<Reply> self() {
    return self;
  }

  Probe probe() {
    return runtime.probe();
  }

  Clock clock() {
    return runtime.clock();
  }

  /** Go on in the gateway after {@code nanos}. */
  void after(long nanos, Runnable then) {
    clock().tellAfter(nanos, getContext().getSelf(), new Later(then));
  }

  RequestId newRequest() {
    return new RequestId(++requests);
  }

  /** A trace calls the request of that turn "launch" with the next number from 1. */
  void nameLaunch(Turn turn) {
    probe().begun(turn.request().value(), "launch", ++launches, clock().nowNanos());
  }

  Flow flow(Turn turn) {
    return new Flow(turn.task(), turn.request(), calls, self, doors.scheduler());
  }

  /** Processes that have not exited, by pid. */
  Map<Integer, ProcessSeat> processes() {
    return processes;
  }

  /** A process that has been made: a program of its own. */
  ProcessSeat seat(KernelMessage.Process made) {
    return seat(made, doors.tokensOf(programs++));
  }

  /** A process that has been made, of a program that gets its tokens there. */
  ProcessSeat seat(KernelMessage.Process made, KernelMessage.TokenSource tokens) {
    ProcessSeat seat = new ProcessSeat(made, tokens);
    processes.put(made.task().pid(), seat);
    return seat;
  }

  /** Cores that were unplugged. */
  BitSet unplugged() {
    return unplugged;
  }

  /**
   * Goes on as an idle thread of the process, or as a new one if none is idle. Fails the call if
   * the process is exiting.
   */
  void asThread(
      ProcessSeat process, SgxException.Phase phase, OpenCall<?> call, Consumer<Turn> then) {
    asThread(process, () -> refusedExiting(process, phase, call), then);
  }

  /** As above; {@code exiting} runs instead if the process is exiting. */
  void asThread(ProcessSeat process, Runnable exiting, Consumer<Turn> then) {
    if (process.exiting) {
      exiting.run();
      return;
    }
    if (!process.idle.isEmpty()) {
      then.accept(turn(process));
      return;
    }
    long made =
        calls.<KernelMessage.NewTask>expect(
            thread -> {
              process.idle.push(thread.task());
              if (process.exiting) {
                exiting.run();
              } else {
                then.accept(turn(process));
              }
            });
    kernel.tell(new KernelMessage.NewThread(process.mainTask.pid(), made, self));
  }

  private Turn turn(ProcessSeat process) {
    Turn turn = new Turn(this, process, process.idle.pop(), newRequest());
    process.inCall.put(turn.task().tid(), turn);
    return turn;
  }

  static boolean refusedExiting(ProcessSeat process, SgxException.Phase phase, OpenCall<?> call) {
    if (process.exiting) {
      CallResult killed = CallResult.failed(Errno.EINTR, "the process has exited or is exiting");
      call.fail(SgxException.call(phase, killed));
    }
    return process.exiting;
  }
}
