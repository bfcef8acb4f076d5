package dev.ksgx.kernel;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.cpu.Core;
import dev.ksgx.kernel.cpu.Scheduler;
import dev.ksgx.kernel.daemon.ApplicationTokens;
import dev.ksgx.kernel.daemon.LaunchDaemon;
import dev.ksgx.kernel.enclave.AddWorker;
import dev.ksgx.kernel.epc.EpcManager;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.launch.LaunchControl;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.kernel.power.PowerControl;
import dev.ksgx.kernel.process.AddressSpace;
import dev.ksgx.kernel.process.Device;
import dev.ksgx.kernel.reclaim.Swapper;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Boots a kernel: builds its machine and its actors from the configuration, watches them, and makes
 * processes. The same behaviour runs in live and in virtual time.
 */
public final class KernelGuardian extends AbstractBehavior<KernelMessage> {
  private static final TaskRef ADD_WORKER = new TaskRef(0, 1, TaskRef.Kind.ADD_WORKER);

  /** ksgxswapd. */
  public static final TaskRef SWAPPER = new TaskRef(0, 2, TaskRef.Kind.SWAPPER);

  private final KernelServices services;
  private final ActorRef<DeviceMessage.Request> device;
  private final List<KernelMessage.TokenSource> tokens;
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final PowerControl power;
  private int lastTid = SWAPPER.tid();

  /** A kernel with a machine of its own, made from the configuration. */
  public static Behavior<KernelMessage.Request> create(KernelConfig config) {
    return create(config, Machine.create(config.machine()));
  }

  /**
   * A kernel on a given machine, which nothing else may use meanwhile.
   *
   * @param machine has as many processors and sections as the configuration says
   */
  public static Behavior<KernelMessage.Request> create(KernelConfig config, Machine machine) {
    return Behaviors.<KernelMessage>setup(context -> new KernelGuardian(context, config, machine))
        .narrow();
  }

  private KernelGuardian(
      ActorContext<KernelMessage> context, KernelConfig config, Machine machine) {
    super(context);
    this.self = context.getSelf().narrow();
    RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
    Inspection inspection = Inspection.of(context.getSystem());
    inspection.boots(machine, config.bugs());
    runtime.probe().named(ADD_WORKER.tid(), "add-worker");
    runtime.probe().named(SWAPPER.tid(), "ksgxswapd");
    ActorRef<SchedulerMessage.Request> scheduler =
        Children.spawn(
            context,
            Scheduler.create(
                config,
                runtime.clock(),
                runtime.probe(),
                (core, parent) -> Core.create(core, machine.processor(core), parent, config)),
            "scheduler");
    ActorRef<EpcMessage.Request> epc =
        Children.spawn(
            context,
            EpcManager.create(
                machine.epc().frames(),
                !config.paging().reclaim().oneList(),
                runtime.probe(),
                inspection),
            "epc-manager");
    ActorRef<SwapperMessage.Request> swapper =
        Children.spawn(
            context,
            Swapper.create(
                machine.epc().frames(), config.paging(), config.bugs(), SWAPPER, scheduler, epc),
            "swapper");
    this.services =
        new KernelServices(
            config,
            machine,
            runtime.clock(),
            runtime.random(),
            runtime.probe(),
            runtime.probe().resource("einit-nap", 1),
            runtime.probe().resource("le-paging", 1),
            runtime.probe().resource("epc-frame", 1),
            context.getSelf().narrow(),
            scheduler,
            epc,
            swapper,
            inspection);
    this.device =
        Children.spawn(
            context,
            Device.create(
                services,
                device -> LaunchControl.create(services, device),
                device -> AddWorker.create(services, ADD_WORKER)),
            "device");
    this.tokens = config.launch().hasUserLe() ? startDaemons(config.launch()) : List.of();
    this.power = new PowerControl(services, context.getSelf(), calls);
  }

  @Override
  public Receive<KernelMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(KernelMessage.NewProcess.class, this::onNewProcess)
        .onMessage(KernelMessage.NewThread.class, this::onNewThread)
        .onMessage(KernelMessage.Fork.class, this::onFork)
        .onMessage(KernelMessage.UpdateMicrocode.class, this::onUpdateMicrocode)
        .onMessage(KernelMessage.AskDoors.class, this::onAskDoors)
        .onMessage(KernelMessage.Suspend.class, this::onSuspend)
        .onMessage(KernelMessage.Resume.class, this::onResume)
        .onMessage(PowerControl.FreezeTimeout.class, this::onFreezeTimeout)
        .onSignal(ChildFailed.class, this::onChildFailed)
        .onSignal(Terminated.class, ended -> this)
        .build();
  }

  private List<KernelMessage.TokenSource> startDaemons(LaunchDesign design) {
    List<KernelMessage.TokenSource> daemons = new ArrayList<>();
    for (int signer = 0; signer < design.userLe().signers(); signer++) {
      daemons.add(startDaemon(design, signer));
    }
    return daemons;
  }

  private KernelMessage.TokenSource startDaemon(LaunchDesign design, int signer) {
    UserLe.TokenCache cache = design.userLe().cache();
    return new KernelMessage.TokenSource(
        Children.spawn(
            getContext(), LaunchDaemon.create(services, device, signer), LaunchDaemon.name(signer)),
        cache.place() == UserLe.TokenCache.Place.APPLICATION
            ? Children.spawn(
                getContext(),
                ApplicationTokens.create(services.clock(), cache),
                ApplicationTokens.name(signer))
            : null,
        design.hashSource() == HashSource.PER_FD ? LaunchKey.signer(signer) : null);
  }

  /** A child may end in peace (its process is over), but not by an exception. */
  private Behavior<KernelMessage> onChildFailed(ChildFailed failed) {
    throw new IllegalStateException(failed.getRef() + " failed", failed.getCause());
  }

  private Behavior<KernelMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private Behavior<KernelMessage> onNewProcess(KernelMessage.NewProcess ask) {
    if (power.holds(ask.kind(), () -> onNewProcess(ask))) {
      return this;
    }
    ask.replyTo().tell(make(ask.kind(), ask.call()));
    return this;
  }

  private KernelMessage.Process make(TaskRef.Kind kind, long call) {
    int id = ++lastTid;
    TaskRef task = made(new TaskRef(id, id, kind));
    ActorRef<AddressSpaceMessage.Request> addressSpace =
        Children.spawn(getContext(), AddressSpace.create(services, device, task), "process-" + id);
    power.made(addressSpace);
    return new KernelMessage.Process(call, task, addressSpace);
  }

  /** Others than launch enclaves hold things on behalf of requests, which have names. */
  private TaskRef made(TaskRef task) {
    if (task.kind() == TaskRef.Kind.LAUNCH_ENCLAVE) {
      services.probe().named(task.tid(), "launch enclave");
    }
    return task;
  }

  private Behavior<KernelMessage> onFork(KernelMessage.Fork fork) {
    if (power.holds(fork.task().kind(), () -> onFork(fork))) {
      services.scheduler().tell(new SchedulerMessage.Block(fork.task()));
      return this;
    }
    KernelMessage.Process child = make(fork.task().kind(), fork.call());
    fork.parent()
        .tell(
            new AddressSpaceMessage.Fork(
                fork.task(),
                fork.request(),
                child.task().pid(),
                child.addressSpace(),
                calls.<AddressSpaceMessage.Forked>expect(done -> fork.replyTo().tell(child)),
                self));
    return this;
  }

  private Behavior<KernelMessage> onNewThread(KernelMessage.NewThread ask) {
    TaskRef task = made(new TaskRef(ask.pid(), ++lastTid, ask.kind()));
    ask.replyTo().tell(new KernelMessage.NewTask(ask.call(), task));
    return this;
  }

  private Behavior<KernelMessage> onUpdateMicrocode(KernelMessage.UpdateMicrocode update) {
    services.machine().updateMicrocode(update.cpuSvn());
    update.replyTo().tell(new KernelMessage.MicrocodeUpdated(update.call()));
    return this;
  }

  private Behavior<KernelMessage> onAskDoors(KernelMessage.AskDoors ask) {
    findDoors(ask.call(), (doors, addWorker) -> ask.replyTo().tell(doors));
    return this;
  }

  private Behavior<KernelMessage> onSuspend(KernelMessage.Suspend ask) {
    findDoors(0, (doors, addWorker) -> power.suspend(ask, doors, addWorker));
    return this;
  }

  private Behavior<KernelMessage> onResume(KernelMessage.Resume ask) {
    power.resume(ask);
    return this;
  }

  private Behavior<KernelMessage> onFreezeTimeout(PowerControl.FreezeTimeout timeout) {
    power.onTimeout(timeout);
    return this;
  }

  private void findDoors(
      long call, BiConsumer<KernelMessage.Doors, ActorRef<AddWorkerMessage.Request>> then) {
    long cores =
        calls.<SchedulerMessage.Cores>expect(
            found ->
                device.tell(
                    new DeviceMessage.AskDriver(
                        calls.<DeviceMessage.Driver>expect(
                            driver ->
                                then.accept(
                                    new KernelMessage.Doors(
                                        call,
                                        device,
                                        services.scheduler(),
                                        services.epc(),
                                        services.swapper(),
                                        driver.launchControl(),
                                        tokens,
                                        found.cores()),
                                    driver.addWorker())),
                        self)));
    services.scheduler().tell(new SchedulerMessage.AskCores(cores, self));
  }
}
