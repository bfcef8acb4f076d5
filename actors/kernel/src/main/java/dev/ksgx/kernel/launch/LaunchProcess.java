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
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.kernel.process.UserMode;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.random.RandomStream;
import java.util.ArrayDeque;

/**
 * The user-mode process of the launch enclave: builds the enclave through the same calls as
 * everybody, then reads a request, enters, writes the token, and so on, one at a time, until it is
 * killed.
 */
final class LaunchProcess extends AbstractBehavior<LaunchProcessMessage> {
  private final KernelServices services;
  private final ActorRef<LaunchControlMessage> launchControl;
  private final ActorRef<AddressSpaceMessage.Request> addressSpace;
  private final TaskRef task;
  private final SignedEnclave enclave = LaunchKey.enclave(1);
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final RandomStream keyIds;
  private final ArrayDeque<LaunchProcessMessage.ToProcess> pipe = new ArrayDeque<>();
  private EnclaveMessage.State built;
  private long base;
  private boolean busy;
  private boolean killed;

  static Behavior<LaunchProcessMessage.Request> create(
      KernelServices services,
      ActorRef<LaunchControlMessage> launchControl,
      ActorRef<DeviceMessage.Request> device,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      TaskRef task,
      RequestId request) {
    return Behaviors.<LaunchProcessMessage>setup(
            context ->
                new LaunchProcess(
                    context, services, launchControl, device, addressSpace, task, request))
        .narrow();
  }

  private LaunchProcess(
      ActorContext<LaunchProcessMessage> context,
      KernelServices services,
      ActorRef<LaunchControlMessage> launchControl,
      ActorRef<DeviceMessage.Request> device,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      TaskRef task,
      RequestId request) {
    super(context);
    this.services = services;
    this.launchControl = launchControl;
    this.addressSpace = addressSpace;
    this.task = task;
    this.self = context.getSelf().narrow();
    this.keyIds = services.random().stream("le-keyid-" + task.tid());
    build(device, request);
  }

  @Override
  public Receive<LaunchProcessMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(LaunchProcessMessage.ToProcess.class, this::onRequest)
        .onMessage(LaunchProcessMessage.Kill.class, kill -> onKill())
        .onMessage(Dead.class, dead -> Behaviors.stopped())
        .build();
  }

  /** The process has exited. */
  private enum Dead implements LaunchProcessMessage {
    NOW
  }

  private Behavior<LaunchProcessMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private void build(ActorRef<DeviceMessage.Request> device, RequestId request) {
    busy = true;
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
    serveOrSleep();
  }

  private Behavior<LaunchProcessMessage> onRequest(LaunchProcessMessage.ToProcess request) {
    pipe.add(request);
    if (!busy) {
      serve();
    }
    return this;
  }

  private void serveOrSleep() {
    busy = false;
    if (killed) {
      exit();
    } else if (pipe.isEmpty()) {
      services.flow(task, RequestId.BOOT, calls, self).block();
    } else {
      serve();
    }
  }

  private void serve() {
    busy = true;
    LaunchProcessMessage.ToProcess next = pipe.poll();
    Flow flow = services.flow(task, next.request(), calls, self);
    TokenRequest request = TokenRequest.parse(next.bytes());
    Bytes keyId = keyId();
    KernelConfig config = services.config();
    long macCycles = config.costs().inCyclesAt(config.ghz()).cycles(Cost.TOKEN_MAC);
    Burst burst =
        Burst.of(
            Step.software(Work.PIPE_READ),
            new Step.Enter(
                base,
                built.translation(),
                () -> new TokenProgram(request, keyId, operandPage(), macCycles)),
            Step.software(Work.PIPE_WRITE));
    new UserMode(flow, addressSpace, self, calls)
        .onFault(() -> paging(true), () -> paging(false))
        .run(burst, this::onServed);
  }

  private void paging(boolean now) {
    launchControl.tell(new LaunchControl.Paging(task, now));
  }

  private void onServed(Executed ran) {
    if (ran.results().size() == 3 && !killed) {
      StepResult.Left left = (StepResult.Left) ran.results().get(1);
      launchControl.tell(new LaunchControlMessage.FromProcess(task, left.value()));
      serveOrSleep();
    } else {
      exit();
    }
  }

  /** It dies at the end of the call that it is in, or of its ecall. */
  private Behavior<LaunchProcessMessage> onKill() {
    killed = true;
    if (!busy) {
      exit();
    } else if (built == null) {
      addressSpace.tell(
          new AddressSpaceMessage.Kill(
              RequestId.BOOT, calls.<Returned>expect(returned -> {}), self));
    }
    return this;
  }

  private void exit() {
    killed = true;
    busy = true;
    addressSpace.tell(
        new AddressSpaceMessage.Exit(
            task,
            RequestId.BOOT,
            calls.<Returned>expect(returned -> getContext().getSelf().tell(Dead.NOW)),
            self));
  }

  /** The TCS is the first page of the image, memory for operands the last. */
  private long operandPage() {
    int last = enclave.image().pages().size() - 1;
    return base + enclave.image().pages().get(last).offset();
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
