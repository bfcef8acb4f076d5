package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.flow.TaskLock;
import dev.ksgx.kernel.power.CallGate;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Frozen;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.HashMap;
import java.util.Map;

/**
 * The address space of one process: its mappings of /dev/sgx under the mmap lock. It lives from the
 * creation of the process to its exit.
 */
public final class AddressSpace extends AbstractBehavior<AddressSpaceMessage> {
  private static final Burst MAP_WORK =
      Burst.of(Step.software(Work.SYSCALL), Step.software(Work.VMA));

  private final KernelServices services;
  private final ActorRef<DeviceMessage.Request> device;
  private final TaskRef mainTask;
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final Vmas vmas = new Vmas();
  private final TaskLock mmapLock;
  private final FaultEntry faults;
  private final Ptrace ptrace;
  private final Forking forking;
  private final CallGate gate;
  private final Map<Integer, Flow> readers = new HashMap<>();
  private final ProcessExit exit;

  /**
   * @param mainTask first thread of the process
   */
  public static Behavior<AddressSpaceMessage.Request> create(
      KernelServices services, ActorRef<DeviceMessage.Request> device, TaskRef mainTask) {
    return Behaviors.<AddressSpaceMessage>setup(
            context -> new AddressSpace(context, services, device, mainTask))
        .narrow();
  }

  private AddressSpace(
      ActorContext<AddressSpaceMessage> context,
      KernelServices services,
      ActorRef<DeviceMessage.Request> device,
      TaskRef mainTask) {
    super(context);
    this.services = services;
    this.device = device;
    this.mainTask = mainTask;
    this.self = context.getSelf().narrow();
    this.mmapLock =
        TaskLock.readWrite(
            services.probe(),
            services.probe().resource("mmap-lock-" + mainTask.pid(), "mmap-lock", 1));
    ActorRef<AddressSpaceMessage.Request> own = context.getSelf().narrow();
    this.faults = new FaultEntry(vmas, mmapLock, calls, self, own);
    this.ptrace = new Ptrace(services, own, self, calls, vmas, mmapLock);
    this.forking = new Forking(services.config().preset(), vmas, mmapLock);
    this.gate = new CallGate(services, "process-" + mainTask.pid());
    this.exit =
        new ProcessExit(
            mainTask.pid(), services.scheduler(), device, calls, self, this::unmapAll, this::over);
  }

  @Override
  public Receive<AddressSpaceMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(AddressSpaceMessage.FindEnclave.class, this::onFindEnclave)
        .onMessage(Reply.class, this::onReply)
        .onMessage(AddressSpaceMessage.LockRead.class, this::onLockRead)
        .onMessage(AddressSpaceMessage.UnlockRead.class, this::onUnlockRead)
        .onMessage(AddressSpaceMessage.PageFault.class, this::onPageFault)
        .onMessage(AddressSpaceMessage.Mmap.class, this::onMmap)
        .onMessage(AddressSpaceMessage.Munmap.class, this::onMunmap)
        .onMessage(AddressSpaceMessage.Bind.class, this::onBind)
        .onMessage(AddressSpaceMessage.AskEnclave.class, this::onAskEnclave)
        .onMessage(AddressSpaceMessage.Kill.class, this::onKill)
        .onMessage(AddressSpaceMessage.Exit.class, this::onExit)
        .onMessage(AddressSpaceMessage.Peek.class, this::onPeek)
        .onMessage(AddressSpaceMessage.Poke.class, this::onPoke)
        .onMessage(AddressSpaceMessage.Fork.class, this::onFork)
        .onMessage(AddressSpaceMessage.Inherit.class, this::onInherit)
        .onMessage(AddressSpaceMessage.Freeze.class, this::onFreeze)
        .onMessage(AddressSpaceMessage.Thaw.class, thaw -> onThaw())
        .build();
  }

  private Flow callBegins(TaskRef task, RequestId request) {
    exit.callBegins();
    gate.begins(task.kind());
    return flow(task, request);
  }

  private void callEnds(TaskRef task) {
    gate.ends(task.kind());
    exit.callEnds();
  }

  private Behavior<AddressSpaceMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private Flow flow(TaskRef task, RequestId request) {
    return services.flow(task, request, calls, self);
  }

  /** A process that exits resolves no fault any more: its threads are on their way out. */
  private Behavior<AddressSpaceMessage> onPageFault(AddressSpaceMessage.PageFault fault) {
    if (gate.holds(fault.task(), fault.request(), () -> onPageFault(fault))) {
      return this;
    }
    if (exit.isUnderWay()) {
      fault.replyTo().tell(beingKilled(fault));
      return this;
    }
    faults.run(
        fault,
        callBegins(fault.task(), fault.request()),
        over -> {
          fault.replyTo().tell(exit.isUnderWay() ? beingKilled(fault) : over);
          callEnds(fault.task());
        });
    return this;
  }

  private static AddressSpaceMessage.FaultOver beingKilled(AddressSpaceMessage.PageFault fault) {
    return new AddressSpaceMessage.FaultOver(
        fault.call(), AddressSpaceMessage.FaultOutcome.SIGBUS, "the process is being killed");
  }

  private Behavior<AddressSpaceMessage> onMmap(AddressSpaceMessage.Mmap mmap) {
    if (gate.holds(mmap.task(), mmap.request(), () -> onMmap(mmap))
        || refuseWhileExiting(mmap.task(), mmap.call(), mmap.replyTo())) {
      return this;
    }
    Flow flow = callBegins(mmap.task(), mmap.request());
    flow.run(
        MAP_WORK,
        ran ->
            mmapLock.acquireForWriting(
                flow,
                () -> {
                  CallResult result = map(mmap.bytes());
                  mmapLock.release(flow);
                  mapCallEnds(flow, mmap.call(), result, mmap.replyTo());
                }));
    return this;
  }

  private CallResult map(long bytes) {
    long limit = services.machine().config().cpuid().sizeLimitBytes(true);
    CallResult verdict = MapRules.checkLength(bytes, limit);
    return verdict.isZero() ? CallResult.of(vmas.map(bytes).base) : verdict;
  }

  private Behavior<AddressSpaceMessage> onMunmap(AddressSpaceMessage.Munmap munmap) {
    if (gate.holds(munmap.task(), munmap.request(), () -> onMunmap(munmap))
        || refuseWhileExiting(munmap.task(), munmap.call(), munmap.replyTo())) {
      return this;
    }
    Flow flow = callBegins(munmap.task(), munmap.request());
    CallResult verdict = MapRules.checkRange(munmap.address(), munmap.bytes());
    if (!verdict.isZero()) {
      flow.run(MAP_WORK, ran -> mapCallEnds(flow, munmap.call(), verdict, munmap.replyTo()));
      return this;
    }
    flow.run(
        MAP_WORK,
        ran ->
            mmapLock.acquireForWriting(
                flow,
                () ->
                    new Closing(calls, self)
                        .run(
                            flow,
                            vmas.remove(munmap.address(), munmap.address() + munmap.bytes()),
                            () -> {
                              mmapLock.release(flow);
                              mapCallEnds(flow, munmap.call(), CallResult.OK, munmap.replyTo());
                            })));
    return this;
  }

  /**
   * What the section under the lock owes goes out before the lock does: whoever comes next may
   * close the mapping at once.
   */
  private Behavior<AddressSpaceMessage> onFindEnclave(AddressSpaceMessage.FindEnclave find) {
    Flow flow = flow(find.task(), find.request());
    mmapLock.acquire(
        flow,
        () -> {
          Vmas.Found found = vmas.find(find.address(), services.config().ioctls());
          if (found.enclave() != null) {
            found.enclave().tell(EnclaveMessage.TakeReference.ONE);
          }
          find.replyTo()
              .tell(new AddressSpaceMessage.Found(find.call(), found.enclave(), found.result()));
          mmapLock.release(flow);
        });
    return this;
  }

  private Behavior<AddressSpaceMessage> onAskEnclave(AddressSpaceMessage.AskEnclave ask) {
    Vma vma = vmas.at(ask.address());
    if (vma == null || vma.enclave == null) {
      ask.replyTo()
          .tell(new EnclaveMessage.State(ask.call(), EnclaveMessage.Phase.RELEASED, 0, null));
    } else {
      vma.enclave.tell(
          new EnclaveMessage.AskState(getContext().getSelf().narrow(), ask.call(), ask.replyTo()));
    }
    return this;
  }

  private Behavior<AddressSpaceMessage> onBind(AddressSpaceMessage.Bind bind) {
    Flow flow = flow(bind.task(), bind.request());
    mmapLock.acquire(
        flow,
        () -> {
          CallResult bound = vmas.bind(bind.base(), bind.bytes(), bind.enclave());
          bind.replyTo().tell(new AddressSpaceMessage.Bound(bind.call(), bound));
          mmapLock.release(flow);
        });
    return this;
  }

  private Behavior<AddressSpaceMessage> onLockRead(AddressSpaceMessage.LockRead lock) {
    Flow flow = flow(lock.task(), lock.request());
    mmapLock.acquire(
        flow,
        () -> {
          readers.put(lock.task().tid(), flow);
          lock.replyTo().tell(new AddressSpaceMessage.ReadLocked(lock.call(), !exit.isUnderWay()));
        });
    return this;
  }

  private Behavior<AddressSpaceMessage> onUnlockRead(AddressSpaceMessage.UnlockRead unlock) {
    mmapLock.release(readers.remove(unlock.task().tid()));
    forgetLockIfUnused();
    return this;
  }

  private Behavior<AddressSpaceMessage> onPeek(AddressSpaceMessage.Peek peek) {
    return trace(peek.task(), peek.request(), peek.address(), null, peek.call(), peek.replyTo());
  }

  private Behavior<AddressSpaceMessage> onPoke(AddressSpaceMessage.Poke poke) {
    return trace(
        poke.task(), poke.request(), poke.address(), poke.value(), poke.call(), poke.replyTo());
  }

  private Behavior<AddressSpaceMessage> trace(
      TaskRef debugger,
      RequestId request,
      long address,
      Long value,
      long call,
      ActorRef<? super AddressSpaceMessage.Peeked> replyTo) {
    if (gate.holds(
        debugger, request, () -> trace(debugger, request, address, value, call, replyTo))) {
      return this;
    }
    if (exit.isUnderWay()) {
      replyTo.tell(new AddressSpaceMessage.Peeked(call, 0, Ptrace.EXITING));
      return this;
    }
    ptrace.run(
        callBegins(debugger, request),
        address,
        value,
        (read, result) -> {
          replyTo.tell(new AddressSpaceMessage.Peeked(call, read, result));
          callEnds(debugger);
        });
    return this;
  }

  private Behavior<AddressSpaceMessage> onFork(AddressSpaceMessage.Fork fork) {
    Runnable answer = () -> fork.replyTo().tell(new AddressSpaceMessage.Forked(fork.call()));
    if (exit.isUnderWay()) {
      answer.run();
    } else if (!gate.holds(fork.task(), fork.request(), () -> onFork(fork))) {
      forking.run(
          callBegins(fork.task(), fork.request()),
          fork,
          () -> {
            answer.run();
            callEnds(fork.task());
          });
    }
    return this;
  }

  private Behavior<AddressSpaceMessage> onInherit(AddressSpaceMessage.Inherit inherit) {
    vmas.inherit(inherit.mappings());
    return this;
  }

  private Behavior<AddressSpaceMessage> onFreeze(AddressSpaceMessage.Freeze freeze) {
    gate.freeze(freeze.kind(), () -> freeze.replyTo().tell(new Frozen(freeze.call())));
    return this;
  }

  private Behavior<AddressSpaceMessage> onThaw() {
    gate.thaw();
    return this;
  }

  private Behavior<AddressSpaceMessage> onKill(AddressSpaceMessage.Kill kill) {
    if (gate.holds(mainTask.kind(), () -> onKill(kill))) {
      return this;
    }
    services.scheduler().tell(new SchedulerMessage.SignalProcess(mainTask.pid()));
    TaskRef reaper = new TaskRef(mainTask.pid(), -mainTask.pid(), TaskRef.Kind.REAPER);
    beginExit(flow(reaper, kill.request()), kill.call(), kill.replyTo());
    return this;
  }

  private Behavior<AddressSpaceMessage> onExit(AddressSpaceMessage.Exit ask) {
    if (!gate.holds(mainTask.kind(), () -> onExit(ask))) {
      beginExit(flow(ask.task(), ask.request()), ask.call(), ask.replyTo());
    }
    return this;
  }

  private void beginExit(Flow flow, long call, ActorRef<? super Returned> replyTo) {
    if (!exit.isUnderWay()) {
      gate.begins(mainTask.kind());
    }
    exit.begin(flow, call, replyTo);
  }

  private void unmapAll(Flow flow, Runnable then) {
    flow.run(
        MAP_WORK,
        ran ->
            mmapLock.acquireForWriting(
                flow,
                () ->
                    new Closing(calls, self)
                        .run(
                            flow,
                            vmas.remove(0, Long.MAX_VALUE),
                            () -> {
                              mmapLock.release(flow);
                              then.run();
                            })));
  }

  private void over() {
    gate.ends(mainTask.kind());
    forgetLockIfUnused();
  }

  /** The add worker or a reclaim pass may still look at a process that has exited. */
  private void forgetLockIfUnused() {
    if (exit.isOver() && readers.isEmpty()) {
      services.probe().remove(mmapLock.resource());
    }
  }

  private void mapCallEnds(
      Flow flow, long call, CallResult result, ActorRef<? super Returned> replyTo) {
    replyTo.tell(new Returned(call, flow.task(), result));
    callEnds(flow.task());
  }

  private boolean refuseWhileExiting(TaskRef task, long call, ActorRef<? super Returned> replyTo) {
    if (exit.isUnderWay()) {
      replyTo.tell(
          new Returned(call, task, CallResult.failed(Errno.EINTR, "the process is being killed")));
    }
    return exit.isUnderWay();
  }
}
