package dev.ksgx.kernel.launch;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.kernel.process.UserMode;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.runtime.probe.State;
import dev.ksgx.runtime.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The user-mode process of the launch enclave: builds the enclave through the same calls as
 * everybody, then its threads serve requests until it is killed. As many threads serve as can be
 * inside at a time; MODEL: more than one, no driver had.
 */
final class LaunchProcess extends AbstractBehavior<LaunchProcessMessage> implements LaunchWork {
  /** The process has exited. */
  private enum Dead implements LaunchProcessMessage {
    NOW
  }

  /** A slow thread goes on. */
  private record Late(Runnable what) implements LaunchProcessMessage {}

  private final KernelServices services;
  private final ActorRef<LaunchControlMessage> launchControl;
  private final ActorRef<AddressSpaceMessage.Request> addressSpace;
  private final TaskRef task;
  private final SignedEnclave enclave;
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final RandomStream keyIds;
  private final List<LaunchThread> threads = new ArrayList<>();
  private LaunchFault fault;
  private long delayNanos;
  private final State life;
  private EnclaveMessage.State built;
  private long base;
  private boolean building = true;
  private boolean killed;
  private boolean exiting;

  /**
   * @param tasks the threads that serve; the first one builds the enclave
   * @param request on whose behalf it is started
   * @param program what is wrong with the program from the start
   */
  static Behavior<LaunchProcessMessage.Request> create(
      KernelServices services,
      ActorRef<LaunchControlMessage> launchControl,
      ActorRef<DeviceMessage.Request> device,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      List<TaskRef> tasks,
      RequestId request,
      LaunchProcessMessage.SetFault program) {
    return Behaviors.<LaunchProcessMessage>setup(
            context ->
                new LaunchProcess(
                    context,
                    services,
                    launchControl,
                    device,
                    addressSpace,
                    tasks,
                    request,
                    program))
        .narrow();
  }

  private LaunchProcess(
      ActorContext<LaunchProcessMessage> context,
      KernelServices services,
      ActorRef<LaunchControlMessage> launchControl,
      ActorRef<DeviceMessage.Request> device,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      List<TaskRef> tasks,
      RequestId request,
      LaunchProcessMessage.SetFault program) {
    super(context);
    this.services = services;
    this.launchControl = launchControl;
    this.addressSpace = addressSpace;
    this.task = tasks.get(0);
    this.self = context.getSelf().narrow();
    this.keyIds = services.random().stream("le-keyid-" + task.tid());
    this.fault = program.fault();
    this.delayNanos = program.delayNanos();
    this.life = services.probe().state("life");
    life.set("building");
    KernelLe shape = services.config().launch().kernelLe();
    this.enclave = LaunchKey.enclave(shape.tcs());
    for (int i = 0; i < tasks.size(); i++) {
      threads.add(
          shape.channel() == KernelLe.Channel.PIPES
              ? new PipeThread(this, tasks.get(i), i)
              : new SlotThread(this, tasks.get(i), i));
    }
    build(device, request);
  }

  @Override
  public Receive<LaunchProcessMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(LaunchProcessMessage.ToThread.class, this::onToThread)
        .onMessage(LaunchProcessMessage.SetFault.class, this::onSetFault)
        .onMessage(LaunchProcessMessage.Kill.class, kill -> onKill())
        .onMessage(Late.class, this::onLate)
        .onMessage(Dead.class, dead -> onDead())
        .build();
  }

  private Behavior<LaunchProcessMessage> onDead() {
    life.end();
    return Behaviors.stopped();
  }

  private Behavior<LaunchProcessMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private void build(ActorRef<DeviceMessage.Request> device, RequestId request) {
    LaunchSequence sequence =
        new LaunchSequence(device, addressSpace, task, self, calls, enclave, true);
    sequence.start(
        request,
        outcome -> {
          base = outcome.address();
          if (killed || !outcome.result().isZero()) {
            exit();
            return;
          }
          addressSpace.tell(
              new AddressSpaceMessage.AskEnclave(
                  base, calls.<EnclaveMessage.State>expect(this::onBuilt), self));
        });
  }

  private void onBuilt(EnclaveMessage.State state) {
    built = state;
    building = false;
    if (killed) {
      exit();
    } else {
      life.set("serving");
      threads.forEach(LaunchThread::begin);
    }
  }

  private Behavior<LaunchProcessMessage> onToThread(LaunchProcessMessage.ToThread message) {
    if (!killed) {
      for (LaunchThread thread : threads) {
        if (thread.task.equals(message.thread())) {
          thread.heard(message);
        }
      }
    }
    return this;
  }

  @Override
  public Flow flow(LaunchThread thread, RequestId request) {
    return services.flow(thread.task, request, calls, self);
  }

  @Override
  public LaunchFault fault() {
    return fault;
  }

  @Override
  public void tell(LaunchControlMessage.FromThread message) {
    launchControl.tell(message);
  }

  @Override
  public void sleep(LaunchThread thread) {
    thread.running = false;
    flow(thread, RequestId.BOOT).block();
  }

  @Override
  public void serve(
      LaunchThread thread,
      RequestId request,
      List<Step> before,
      TokenRequest asked,
      List<Step> after,
      Consumer<TokenReply> then) {
    Runnable work = () -> enter(thread, request, before, asked, after, then);
    if (fault == LaunchFault.HUNG) {
      sleep(thread);
    } else if (fault == LaunchFault.ONE_HUNG) {
      fault = LaunchFault.NONE;
      sleep(thread);
    } else if (fault == LaunchFault.SLOW) {
      sleep(thread);
      services.clock().tellAfter(delayNanos, getContext().getSelf(), new Late(work));
    } else {
      work.run();
    }
  }

  private Behavior<LaunchProcessMessage> onLate(Late late) {
    if (!killed) {
      late.what().run();
    }
    return this;
  }

  private void enter(
      LaunchThread thread,
      RequestId request,
      List<Step> before,
      TokenRequest asked,
      List<Step> after,
      Consumer<TokenReply> then) {
    thread.running = true;
    Bytes keyId = keyId();
    KernelConfig config = services.config();
    TokenProgram.Rules rules =
        new TokenProgram.Rules(
            config.costs().inCyclesAt(config.ghz()).cycles(Cost.TOKEN_MAC),
            fault == LaunchFault.DENYING,
            config.bugs().has(Bugs.UNSIGNED_TOKEN));
    List<Step> steps = new ArrayList<>(before);
    steps.add(
        new Step.Enter(
            base + LaunchKey.tcsOffset(enclave, thread.index),
            built.translation(),
            () -> new TokenProgram(asked, keyId, operandPage(thread.index), rules)));
    steps.addAll(after);
    TaskRef inside = thread.task;
    new UserMode(flow(thread, request), addressSpace, self, calls)
        .onFault(() -> paging(inside, true), () -> paging(inside, false))
        .run(
            new Burst(steps, false),
            ran -> {
              if (ran.results().size() == steps.size() && !killed) {
                StepResult.Left left = (StepResult.Left) ran.results().get(before.size());
                answer(thread, TokenReply.parse(left.value()), then);
              } else {
                fail(thread);
              }
            });
  }

  private void answer(LaunchThread thread, TokenReply reply, Consumer<TokenReply> then) {
    TokenReply given = fault == LaunchFault.WRONG_ANSWER ? thread.previous : reply;
    thread.previous = reply;
    then.accept(given);
  }

  private void paging(TaskRef inside, boolean now) {
    launchControl.tell(new LaunchControl.Paging(inside, now));
  }

  private Behavior<LaunchProcessMessage> onSetFault(LaunchProcessMessage.SetFault set) {
    fault = set.fault();
    delayNanos = set.delayNanos();
    return this;
  }

  /** Each thread dies at the end of the call that it is in, or of its ecall. */
  private Behavior<LaunchProcessMessage> onKill() {
    killed = true;
    if (building && built == null) {
      addressSpace.tell(
          new AddressSpaceMessage.Kill(
              RequestId.BOOT, calls.<Returned>expect(returned -> {}), self));
    } else {
      threads.stream().filter(thread -> !thread.running && thread.index > 0).forEach(this::sleep);
      exitWhenQuiet();
    }
    return this;
  }

  @Override
  public boolean goesOn(LaunchThread thread) {
    if (killed) {
      fail(thread);
    }
    return !killed;
  }

  @Override
  public void fail(LaunchThread thread) {
    killed = true;
    dies(thread.task);
  }

  /** All but the thread that is to run the exit give their cores up. */
  private void dies(TaskRef thread) {
    boolean quiet = true;
    for (LaunchThread other : threads) {
      if (other.task.equals(thread)) {
        other.running = false;
      }
      quiet &= !other.running;
    }
    if (!quiet || !thread.equals(task)) {
      services.flow(thread, RequestId.BOOT, calls, self).block();
    }
    exitWhenQuiet();
  }

  private void exitWhenQuiet() {
    if (threads.stream().noneMatch(thread -> thread.running)) {
      exit();
    }
  }

  private void exit() {
    if (exiting) {
      return;
    }
    exiting = true;
    killed = true;
    life.set("exiting");
    addressSpace.tell(
        new AddressSpaceMessage.Exit(
            task,
            RequestId.BOOT,
            calls.<Returned>expect(returned -> getContext().getSelf().tell(Dead.NOW)),
            self));
  }

  /** Memory for operands: the last page of the thread. */
  private long operandPage(int thread) {
    return base + LaunchKey.operandOffset(enclave, thread);
  }

  private Bytes keyId() {
    byte[] id = new byte[32];
    for (int i = 0; i < id.length; i += 8) {
      long word = keyIds.nextLong();
      for (int j = 0; j < 8; j++) {
        id[i + j] = (byte) (word >>> 8 * j);
      }
    }
    return Bytes.copyOf(id);
  }
}
