package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.process.DeviceOpening;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.load.statistics.Breakdown;
import dev.ksgx.load.statistics.Launch;
import dev.ksgx.load.statistics.LaunchObserver;
import dev.ksgx.load.statistics.Phase;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage.Doors;
import dev.ksgx.protocol.message.KernelMessage.TokenSource;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * One thread of a process that launches enclaves: one thing at a time, enclaves that have lived
 * long enough before the next launch. It opens the device first, or waits until the thread of its
 * process that does has done so. With nothing to do it sleeps and gives its core up.
 */
final class Creator extends AbstractBehavior<ClientMessage> {
  /**
   * What a creator is made of.
   *
   * @param index number of the thread in the load, from 0
   * @param tokens where its process gets tokens from; null if INIT needs none of it
   * @param lifetimeNanos how long an enclave lives
   */
  record Setup(
      int index,
      TaskRef task,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      Doors doors,
      TokenSource tokens,
      LaunchObserver observer,
      long lifetimeNanos) {}

  private static final int REQUESTS_PER_CREATOR_BITS = 32;

  private final Setup setup;
  private final Clock clock;
  private final Probe probe;
  private final Calls calls = new Calls();
  private final Deque<LoadMessage.DoLaunch> planned = new ArrayDeque<>();
  private final Deque<LoadMessage.Expired> expired = new ArrayDeque<>();

  /** What open() returned; null until it has. */
  private CallResult device;

  private boolean busy;
  private boolean holdsCore;
  private long requests;

  private Creator(ActorContext<ClientMessage> context, Setup setup) {
    super(context);
    this.setup = setup;
    RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
    this.clock = runtime.clock();
    this.probe = runtime.probe();
  }

  /** The thread that opens the device and then tells {@code siblings}. */
  static Behavior<ClientMessage> opening(Setup setup, List<ActorRef<ClientMessage>> siblings) {
    return Behaviors.setup(
        context -> {
          Creator creator = new Creator(context, setup);
          creator.open(siblings);
          return creator;
        });
  }

  /** A thread of a process whose device another thread opens. */
  static Behavior<ClientMessage> waiting(Setup setup) {
    return Behaviors.setup(context -> new Creator(context, setup));
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(LoadMessage.DoLaunch.class, this::onDoLaunch)
        .onMessage(LoadMessage.Expired.class, this::onExpired)
        .onMessage(LoadMessage.DeviceOpen.class, this::onDeviceOpen)
        .build();
  }

  private Behavior<ClientMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private Behavior<ClientMessage> onDoLaunch(LoadMessage.DoLaunch order) {
    planned.add(order);
    return goOn();
  }

  private Behavior<ClientMessage> onExpired(LoadMessage.Expired enclave) {
    expired.add(enclave);
    return goOn();
  }

  private Behavior<ClientMessage> onDeviceOpen(LoadMessage.DeviceOpen opened) {
    device = opened.result();
    return goOn();
  }

  private void open(List<ActorRef<ClientMessage>> siblings) {
    RequestId request = begin();
    new DeviceOpening(setup.doors().device(), setup.addressSpace(), setup.task(), reply(), calls)
        .start(
            request,
            DeviceOpening.said(setup.tokens()),
            opened -> {
              finish(request);
              device = opened;
              siblings.forEach(sibling -> sibling.tell(new LoadMessage.DeviceOpen(device)));
              goOn();
            });
  }

  /** The next thing to do, if there is one and the thread is free. */
  private Behavior<ClientMessage> goOn() {
    if (busy || device == null) {
      return this;
    }
    if (!expired.isEmpty()) {
      destroy(expired.remove());
    } else if (!planned.isEmpty()) {
      launch(planned.remove());
    } else if (holdsCore) {
      holdsCore = false;
      setup.doors().scheduler().tell(new SchedulerMessage.Block(setup.task()));
    }
    return this;
  }

  private void launch(LoadMessage.DoLaunch order) {
    long started = clock.nowNanos();
    order.replyTo().tell(new LoadMessage.Started(order.number(), started));
    if (device.isErrno()) {
      ended(order, started, device, Breakdown.NONE);
      goOn();
      return;
    }
    RequestId request = begin();
    setup.observer().begin(request.value(), started);
    probe.begun(request.value(), "launch", order.number(), order.plannedNanos());
    LaunchSequence sequence =
        LaunchSequence.of(
            setup.doors(),
            setup.tokens(),
            setup.addressSpace(),
            setup.task(),
            reply(),
            calls,
            order.target());
    sequence
        .onPhase(phase -> phaseOver(request, phase))
        .start(
            request,
            outcome -> {
              finish(request);
              Breakdown breakdown = setup.observer().take(request.value());
              ended(order, started, outcome.result(), breakdown);
              dispose(order.target(), outcome);
              goOn();
            });
  }

  /** Where the driver asks for the token, the phase ends inside INIT, and the driver marks it. */
  private void phaseOver(RequestId request, LaunchSequence.Phase phase) {
    switch (phase) {
      case CREATE -> probe.mark(request.value(), Phase.CREATE.label());
      case ADD -> probe.mark(request.value(), Phase.ADD.label());
      case TOKEN -> probe.mark(request.value(), Phase.TOKEN.label());
      case INIT -> probe.mark(request.value(), Phase.EINIT.label());
      default -> {
        // mmap belongs to the phase of CREATE
      }
    }
  }

  private void ended(
      LoadMessage.DoLaunch order, long started, CallResult result, Breakdown breakdown) {
    Launch launch =
        new Launch(
            order.number(),
            order.plannedNanos(),
            started,
            clock.nowNanos(),
            result.name(),
            result.check());
    order.replyTo().tell(new LoadMessage.Ended(setup.index(), launch, breakdown));
  }

  /** A launched enclave lives on; what is left of a failed launch goes at once. */
  private void dispose(SignedEnclave target, LaunchSequence.Outcome outcome) {
    if (outcome.address() == 0) {
      return;
    }
    LoadMessage.Expired enclave =
        new LoadMessage.Expired(outcome.address(), target.image().sizeBytes());
    if (outcome.result().isZero() && setup.lifetimeNanos() > 0) {
      clock.tellAfter(setup.lifetimeNanos(), self(), enclave);
    } else {
      expired.add(enclave);
    }
  }

  private void destroy(LoadMessage.Expired enclave) {
    RequestId request = begin();
    long call =
        calls.<Returned>expect(
            returned -> {
              finish(request);
              if (!returned.result().isZero()) {
                throw new IllegalStateException(
                    setup.task() + ": munmap gave " + returned.result());
              }
              goOn();
            });
    setup
        .addressSpace()
        .tell(
            new AddressSpaceMessage.Munmap(
                setup.task(), request, enclave.address(), enclave.bytes(), call, reply()));
  }

  /** From here on the thread is in a system call, on behalf of a request of its own. */
  private RequestId begin() {
    busy = true;
    holdsCore = true;
    return newRequest();
  }

  private void finish(RequestId request) {
    busy = false;
    probe.done(request.value());
  }

  /** Requests of different creators never meet: each has its own upper half. */
  private RequestId newRequest() {
    return new RequestId((setup.index() + 1L) << REQUESTS_PER_CREATOR_BITS | ++requests);
  }

  private ActorRef<Reply> reply() {
    return getContext().getSelf().narrow();
  }

  private ActorRef<ClientMessage> self() {
    return getContext().getSelf();
  }
}
