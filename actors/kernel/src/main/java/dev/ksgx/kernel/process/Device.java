package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.enclave.Enclave;
import dev.ksgx.kernel.enclave.SecsRules;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.kernel.power.CallGate;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Frozen;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.Children;
import java.util.Arrays;
import java.util.List;

/**
 * /dev/sgx: open, close and the ioctls, with the order of checks of driver.md 1.5. It counts who is
 * in the driver, so that the exit of a process can wait for its calls.
 */
public final class Device extends AbstractBehavior<DeviceMessage> {
  private static final List<Errno> ENDED_BY_SIGNAL =
      Arrays.asList(Errno.EINTR, Errno.ERESTARTSYS, Errno.EPIPE);
  private static final Burst ENTRY = Burst.of(Step.software(Work.SYSCALL));
  private static final Burst CREATE_ENTRY =
      Burst.of(Step.software(Work.SYSCALL), Step.software(Work.CREATE_PATH));

  private final KernelServices services;
  private final ActorRef<LaunchControlMessage.Request> launchControl;
  private final ActorRef<AddWorkerMessage.Request> addWorker;
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final CallGate gate;
  private final Clients clients;
  private final EnclaveWalk walk;
  private final SaidHashes hashes;
  private long enclaves;

  /** Makes an actor that needs to know the device. */
  @FunctionalInterface
  public interface DeviceChild<T> {
    Behavior<T> create(ActorRef<DeviceMessage.Request> device);
  }

  public static Behavior<DeviceMessage.Request> create(
      KernelServices services,
      DeviceChild<LaunchControlMessage.Request> launchControl,
      DeviceChild<AddWorkerMessage.Request> addWorker) {
    return Behaviors.<DeviceMessage>setup(
            context -> new Device(context, services, launchControl, addWorker))
        .narrow();
  }

  private Device(
      ActorContext<DeviceMessage> context,
      KernelServices services,
      DeviceChild<LaunchControlMessage.Request> launchControl,
      DeviceChild<AddWorkerMessage.Request> addWorker) {
    super(context);
    this.services = services;
    this.self = context.getSelf().narrow();
    this.gate = new CallGate(services, "device");
    this.clients = new Clients(gate);
    this.walk = new EnclaveWalk(calls, self);
    this.hashes = new SaidHashes(services, calls, self);
    ActorRef<DeviceMessage.Request> device = context.getSelf().narrow();
    this.launchControl = Children.spawn(context, launchControl.create(device), "launch-control");
    this.addWorker = Children.spawn(context, addWorker.create(device), "add-worker");
  }

  @Override
  public Receive<DeviceMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(DeviceMessage.Ioctl.class, this::onIoctl)
        .onMessage(DeviceMessage.Open.class, this::onOpen)
        .onMessage(DeviceMessage.Close.class, this::onClose)
        .onMessage(DeviceMessage.AwaitQuiet.class, this::onAwaitQuiet)
        .onMessage(DeviceMessage.CloseAll.class, this::onCloseAll)
        .onMessage(DeviceMessage.AskDriver.class, this::onAskDriver)
        .onMessage(DeviceMessage.Freeze.class, this::onFreeze)
        .onMessage(DeviceMessage.SuspendEnclaves.class, this::onSuspendEnclaves)
        .onMessage(DeviceMessage.Thaw.class, thaw -> onThaw())
        .onSignal(ChildFailed.class, this::onChildFailed)
        .onSignal(Terminated.class, this::onEnded)
        .build();
  }

  /** A child may end in peace (its enclave is over), but not by an exception. */
  private Behavior<DeviceMessage> onChildFailed(ChildFailed failed) {
    throw new IllegalStateException(failed.getRef() + " failed", failed.getCause());
  }

  private Behavior<DeviceMessage> onEnded(Terminated child) {
    walk.ended(child.getRef());
    return this;
  }

  private Behavior<DeviceMessage> onFreeze(DeviceMessage.Freeze freeze) {
    gate.freeze(freeze.kind(), () -> freeze.replyTo().tell(new Frozen(freeze.call())));
    return this;
  }

  private Behavior<DeviceMessage> onSuspendEnclaves(DeviceMessage.SuspendEnclaves ask) {
    walk.start(ask);
    return this;
  }

  private Behavior<DeviceMessage> onThaw() {
    hashes.afterSleep(gate::thaw);
    return this;
  }

  private Behavior<DeviceMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private Behavior<DeviceMessage> onAskDriver(DeviceMessage.AskDriver ask) {
    ask.replyTo().tell(new DeviceMessage.Driver(ask.call(), launchControl, addWorker));
    return this;
  }

  private Behavior<DeviceMessage> onOpen(DeviceMessage.Open open) {
    if (gate.holds(open.task(), open.request(), () -> onOpen(open))) {
      return this;
    }
    Clients.Client client = clients.enter(open.task());
    if (client == null) {
      open.replyTo().tell(new Returned(open.call(), open.task(), killed()));
      return this;
    }
    Flow flow = services.flow(open.task(), open.request(), calls, self);
    if (!LaunchKey.isUsableOn(services.machine().config(), services.config().launch())) {
      String check = "open: the hash MSRs are locked to another key: no driver was loaded";
      refuse(flow, open.call(), CallResult.failed(Errno.ENODEV, check), open.replyTo());
      return this;
    }
    flow.run(
        ENTRY,
        ran ->
            launchControl.tell(
                new LaunchControlMessage.Open(
                    open.task(),
                    open.request(),
                    calls.<LaunchControlMessage.Opened>expect(
                        opened -> {
                          CallResult result = opened.result();
                          if (result.isZero()) {
                            client.open.put(client.nextDescriptor, new Clients.OpenFile());
                            result = CallResult.of(client.nextDescriptor++);
                          }
                          leave(flow, open.call(), result, open.replyTo());
                        }),
                    self)));
    return this;
  }

  private Behavior<DeviceMessage> onClose(DeviceMessage.Close close) {
    if (gate.holds(close.task(), close.request(), () -> onClose(close))) {
      return this;
    }
    Clients.Client client = clients.enter(close.task());
    if (client == null) {
      close.replyTo().tell(new Returned(close.call(), close.task(), killed()));
      return this;
    }
    Flow flow = services.flow(close.task(), close.request(), calls, self);
    int descriptor = (int) close.descriptor();
    if (!client.open.containsKey(descriptor)) {
      refuse(flow, close.call(), notOpen("close"), close.replyTo());
      return this;
    }
    client.open.remove(descriptor);
    flow.run(
        ENTRY,
        ran -> {
          client.closing++;
          leave(flow, close.call(), CallResult.OK, close.replyTo());
        });
    return this;
  }

  /** A call that is decided by its checks: entry and return are all it costs. */
  private void refuse(Flow flow, long call, CallResult result, ActorRef<? super Returned> replyTo) {
    flow.run(ENTRY, ran -> leave(flow, call, result, replyTo));
  }

  private void closeOne(Flow flow, Runnable then) {
    launchControl.tell(
        new LaunchControlMessage.Close(
            flow.task(),
            flow.request(),
            calls.<LaunchControlMessage.Closed>expect(closed -> then.run()),
            self));
  }

  private Behavior<DeviceMessage> onIoctl(DeviceMessage.Ioctl ioctl) {
    if (gate.holds(ioctl.task(), ioctl.request(), () -> onIoctl(ioctl))) {
      return this;
    }
    Clients.Client client = clients.enter(ioctl.task());
    if (client == null) {
      ioctl.replyTo().tell(new Returned(ioctl.call(), ioctl.task(), killed()));
      return this;
    }
    Flow flow = services.flow(ioctl.task(), ioctl.request(), calls, self);
    SgxIoctl argument = ioctl.ioctl();
    Clients.OpenFile file = null;
    if (argument instanceof SgxIoctl.OnFile on) {
      argument = on.ioctl();
      file = client.open.get((int) on.descriptor());
      if (file == null) {
        refuse(flow, ioctl.call(), notOpen("ioctl"), ioctl.replyTo());
        return this;
      }
    } else if (!client.open.isEmpty()) {
      file = client.open.firstEntry().getValue();
    }
    dispatch(flow, ioctl, argument, file);
    return this;
  }

  private void dispatch(
      Flow flow, DeviceMessage.Ioctl ioctl, SgxIoctl argument, Clients.OpenFile file) {
    if (argument instanceof SgxIoctl.AddPage add) {
      onEnclaveAt(
          flow,
          ioctl,
          add.addr(),
          (enclave, call) ->
              enclave.tell(
                  new EnclaveMessage.AddPage(flow.task(), flow.request(), add, call, self)));
    } else if (argument instanceof SgxIoctl.AddPages add
        && services.config().preset().addsRanges()) {
      onEnclaveAt(
          flow,
          ioctl,
          add.addr(),
          (enclave, call) ->
              enclave.tell(
                  new EnclaveMessage.AddPages(flow.task(), flow.request(), add, call, self)));
    } else if (argument instanceof SgxIoctl.Create create) {
      flow.run(CREATE_ENTRY, ran -> create(flow, ioctl, create));
    } else if (InitCopy.isKnown(argument, services.config().launch())) {
      InitCopy init = InitCopy.of(argument, services);
      CallResult verdict = init.isBad() ? init.verdict() : hashes.check(init, file);
      if (!verdict.isZero()) {
        refuse(flow, ioctl.call(), verdict, ioctl.replyTo());
      } else {
        onEnclaveAt(
            flow,
            ioctl,
            init.arguments().addr(),
            (enclave, call) -> enclave.tell(init.message(flow, hashes.forInit(file), call, self)));
      }
    } else if (hashes.knows(argument)) {
      hashes.run(flow, argument, file, said -> leave(flow, ioctl.call(), said, ioctl.replyTo()));
    } else {
      String check = "the driver knows no ioctl 0x%X".formatted(argument.number());
      refuse(flow, ioctl.call(), CallResult.failed(Errno.ENOIOCTLCMD, check), ioctl.replyTo());
    }
  }

  private static CallResult notOpen(String call) {
    return CallResult.failed(Errno.EBADF, call + ": the descriptor is not open");
  }

  private void create(Flow flow, DeviceMessage.Ioctl ioctl, SgxIoctl.Create create) {
    if (create.secs() == null) {
      refuse(
          flow,
          ioctl.call(),
          services.badCopy("CREATE: the SECS", Epc.PAGE_BYTES),
          ioctl.replyTo());
      return;
    }
    Secs secs = Secs.parse(create.secs());
    CallResult verdict =
        SecsRules.check(secs, services.machine().config().cpuid(), services.config().ioctls());
    if (!verdict.isZero()) {
      leave(flow, ioctl.call(), verdict, ioctl.replyTo());
      return;
    }
    ActorRef<EnclaveMessage.Request> enclave =
        Children.spawn(
            getContext(),
            Enclave.create(services, launchControl, addWorker, ioctl.addressSpace(), ++enclaves),
            "enclave-" + enclaves);
    walk.add(enclaves, enclave);
    enclave.tell(
        new EnclaveMessage.Create(flow.task(), flow.request(), secs, done(flow, ioctl), self));
  }

  /** Tells an enclave what to do; its answer comes to {@code call}. */
  private interface EnclaveCall {
    void tell(ActorRef<EnclaveMessage.Request> enclave, long call);
  }

  private void onEnclaveAt(Flow flow, DeviceMessage.Ioctl ioctl, long address, EnclaveCall then) {
    if (address % Epc.PAGE_BYTES != 0) {
      String check = "the address must be a multiple of 4096";
      refuse(flow, ioctl.call(), CallResult.failed(Errno.EINVAL, check), ioctl.replyTo());
      return;
    }
    ioctl
        .addressSpace()
        .tell(
            new AddressSpaceMessage.FindEnclave(
                flow.task(),
                flow.request(),
                address,
                calls.<AddressSpaceMessage.Found>expect(
                    found -> {
                      if (found.result().isZero()) {
                        then.tell(found.enclave(), done(flow, ioctl));
                      } else {
                        refuse(flow, ioctl.call(), found.result(), ioctl.replyTo());
                      }
                    }),
                self));
  }

  private long done(Flow flow, DeviceMessage.Ioctl ioctl) {
    return calls.<EnclaveMessage.CallDone>expect(
        done -> leave(flow, ioctl.call(), done.result(), ioctl.replyTo()));
  }

  private static CallResult killed() {
    return CallResult.failed(Errno.EINTR, "the process is being killed");
  }

  /**
   * The call returns. A call holds the file it was made on, so descriptors that were closed
   * meanwhile are released by the last call of the process that is in the driver.
   */
  private void leave(Flow flow, long call, CallResult result, ActorRef<? super Returned> replyTo) {
    Clients.Client client = clients.of(flow.task().pid());
    if (client.inDriver == 1 && client.closing > 0) {
      client.closing--;
      closeOne(flow, () -> leave(flow, call, result, replyTo));
      return;
    }
    if (ENDED_BY_SIGNAL.contains(result.errno())) {
      services.scheduler().tell(new SchedulerMessage.SignalHandled(flow.task()));
    }
    replyTo.tell(new Returned(call, flow.task(), result));
    clients.leave(client, flow.task());
  }

  private Behavior<DeviceMessage> onAwaitQuiet(DeviceMessage.AwaitQuiet await) {
    clients.exits(await.pid(), () -> await.replyTo().tell(new DeviceMessage.Quiet(await.call())));
    return this;
  }

  private Behavior<DeviceMessage> onCloseAll(DeviceMessage.CloseAll close) {
    int files = clients.remove(close.task().pid());
    Flow flow = services.flow(close.task(), close.request(), calls, self);
    closeNext(flow, files, () -> close.replyTo().tell(new DeviceMessage.Quiet(close.call())));
    return this;
  }

  private void closeNext(Flow flow, int left, Runnable then) {
    if (left == 0) {
      then.run();
    } else {
      closeOne(flow, () -> closeNext(flow, left - 1, then));
    }
  }
}
