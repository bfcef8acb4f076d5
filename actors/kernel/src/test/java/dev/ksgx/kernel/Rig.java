package dev.ksgx.kernel;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Frozen;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.virtual.RunResult;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A kernel in virtual time under a test's thumb: starts calls, runs until they return. */
public final class Rig implements AutoCloseable {
  /** A call that may still be under way. */
  public static final class Pending<T> {
    private T value;

    public boolean isDone() {
      return value != null;
    }

    /** The answer, or null while it is out. */
    public T value() {
      return value;
    }
  }

  /** One process of the rig. */
  public record Process(TaskRef task, ActorRef<AddressSpaceMessage.Request> space) {}

  public final Machine machine;
  private final KernelConfig config;
  private final VirtualSystem<ClientMessage> system;
  private final Calls calls = new Calls();

  /** The books, if the rig is checked. */
  public final Inspection inspection;

  /** Who checks them; null if nobody does. */
  public final ConservationWatch watch;

  private ActorRef<ClientMessage> own;
  private ActorRef<Reply> self;
  public ActorRef<KernelMessage.Request> kernel;
  public KernelMessage.Doors doors;
  private long requests;

  public Rig(KernelConfig config) {
    this(config, 1);
  }

  public Rig(KernelConfig config, long seed) {
    this(config, VirtualOptions.seed(seed));
  }

  public Rig(KernelConfig config, VirtualOptions options) {
    this(config, options, false);
  }

  /** A rig whose books are checked after every message. */
  public static Rig checked(KernelConfig config) {
    return new Rig(config, VirtualOptions.seed(1), true);
  }

  private Rig(KernelConfig config, VirtualOptions options, boolean checked) {
    this.config = config;
    this.machine = Machine.create(config.machine());
    Behavior<ClientMessage> client =
        Behaviors.setup(
            context -> {
              self = context.getSelf().narrow();
              own = context.getSelf();
              kernel = context.spawn(KernelGuardian.create(config, machine), "kernel");
              return new RigClient(context, calls);
            });
    this.system = VirtualSystem.create(client, "rig", options);
    this.inspection = Inspection.of(system.system());
    this.watch = checked ? new ConservationWatch(inspection) : null;
    system.runUntil(() -> own != null);
    this.doors =
        finish(
            this.<KernelMessage.Doors>ask(
                call -> kernel.tell(new KernelMessage.AskDoors(call, self))));
  }

  public VirtualSystem<ClientMessage> system() {
    return system;
  }

  /** Sends from inside the client actor; the answer comes to {@code call}. */
  public <R extends Reply> Pending<R> ask(Consumer<Long> send) {
    Pending<R> pending = new Pending<>();
    inside(() -> send.accept(calls.<R>expect(reply -> pending.value = reply)));
    return pending;
  }

  /** Runs until the answer is there. */
  public <R> R finish(Pending<R> pending) {
    RunResult result = runUntil(pending::isDone).orThrow();
    if (!pending.isDone()) {
      throw new AssertionError("no answer: the run ended " + result.outcome());
    }
    return pending.value();
  }

  public RequestId newRequest() {
    return new RequestId(++requests);
  }

  public Process process() {
    KernelMessage.Process made =
        finish(
            this.<KernelMessage.Process>ask(
                call ->
                    kernel.tell(new KernelMessage.NewProcess(TaskRef.Kind.CREATOR, call, self))));
    return new Process(made.task(), made.addressSpace());
  }

  public TaskRef thread(Process process) {
    return finish(
            this.<KernelMessage.NewTask>ask(
                call -> kernel.tell(new KernelMessage.NewThread(process.task().pid(), call, self))))
        .task();
  }

  public Pending<Returned> startOpen(Process process) {
    return ask(
        call ->
            doors.device().tell(new DeviceMessage.Open(process.task(), newRequest(), call, self)));
  }

  public CallResult open(Process process) {
    return finish(startOpen(process)).result();
  }

  public CallResult close(Process process, long descriptor) {
    return finish(
            this.<Returned>ask(
                call ->
                    doors
                        .device()
                        .tell(
                            new DeviceMessage.Close(
                                process.task(), newRequest(), descriptor, call, self))))
        .result();
  }

  public CallResult mmap(Process process, long bytes) {
    return finish(
            this.<Returned>ask(
                call ->
                    process
                        .space()
                        .tell(
                            new AddressSpaceMessage.Mmap(
                                process.task(), newRequest(), bytes, call, self))))
        .result();
  }

  public Pending<Returned> startMunmap(Process process, long address, long bytes) {
    return ask(
        call ->
            process
                .space()
                .tell(
                    new AddressSpaceMessage.Munmap(
                        process.task(), newRequest(), address, bytes, call, self)));
  }

  public CallResult munmap(Process process, long address, long bytes) {
    return finish(startMunmap(process, address, bytes)).result();
  }

  public Pending<Returned> startIoctl(Process process, TaskRef task, SgxIoctl ioctl) {
    return ask(
        call ->
            doors
                .device()
                .tell(
                    new DeviceMessage.Ioctl(
                        task, newRequest(), process.space(), ioctl, call, self)));
  }

  public CallResult ioctl(Process process, SgxIoctl ioctl) {
    return finish(startIoctl(process, process.task(), ioctl)).result();
  }

  /** Starts a whole launch by the process's first thread. */
  public Pending<LaunchSequence.Outcome> startLaunch(Process process, SignedEnclave enclave) {
    Pending<LaunchSequence.Outcome> pending = new Pending<>();
    inside(
        () ->
            launchInside(
                process,
                enclave,
                newRequest(),
                outcome -> {
                  pending.value = outcome;
                  block(process.task());
                }));
    return pending;
  }

  /** Launches, from inside the client actor; the task still holds its core when {@code then}. */
  public void launchInside(
      Process process,
      SignedEnclave enclave,
      RequestId request,
      Consumer<LaunchSequence.Outcome> then) {
    LaunchSequence.of(
            doors, doors.tokensOf(0), process.space(), process.task(), self, calls, enclave)
        .start(request, then);
  }

  /** Unmaps {@code bytes} at {@code address}, from inside the client actor. */
  public void munmapInside(Process process, long address, long bytes, Consumer<Returned> then) {
    process
        .space()
        .tell(
            new AddressSpaceMessage.Munmap(
                process.task(), newRequest(), address, bytes, calls.<Returned>expect(then), self));
  }

  /** Runs {@code what} inside the client actor. */
  public void inside(Runnable what) {
    own.tell(new RigClient.Do(what));
  }

  /** Runs {@code what} inside the client actor at that instant. */
  public void insideAt(long nanos, Runnable what) {
    system.clock().tellAt(nanos, own, new RigClient.Do(what));
  }

  /** Where answers to what a test sends by itself come to. */
  public ActorRef<Reply> self() {
    return self;
  }

  /** The answers waited for. */
  public Calls calls() {
    return calls;
  }

  public LaunchSequence.Outcome launch(Process process, SignedEnclave enclave) {
    return finish(startLaunch(process, enclave));
  }

  public Pending<Returned> startKill(Process process) {
    return ask(
        call -> process.space().tell(new AddressSpaceMessage.Kill(newRequest(), call, self)));
  }

  public Pending<Returned> startExit(Process process) {
    return ask(
        call ->
            process
                .space()
                .tell(new AddressSpaceMessage.Exit(process.task(), newRequest(), call, self)));
  }

  public Pending<KernelMessage.PowerChanged> startSuspend() {
    return ask(call -> kernel.tell(new KernelMessage.Suspend(newRequest(), call, self)));
  }

  public KernelMessage.PowerChanged suspend() {
    return finish(startSuspend());
  }

  public CallResult resume() {
    return finish(
            this.<KernelMessage.PowerChanged>ask(
                call -> kernel.tell(new KernelMessage.Resume(call, self))))
        .result();
  }

  /** From here on the swapper's own thread begins no pass. */
  public void freezeSwapper() {
    finish(this.<Frozen>ask(call -> doors.swapper().tell(new SwapperMessage.Freeze(call, self))));
  }

  /** fork by the first thread of the process. */
  public Process fork(Process process) {
    KernelMessage.Process child =
        finish(
            this.<KernelMessage.Process>ask(
                call ->
                    kernel.tell(
                        new KernelMessage.Fork(
                            process.task(), newRequest(), process.space(), call, self))));
    return new Process(child.task(), child.addressSpace());
  }

  public Pending<AddressSpaceMessage.Peeked> startPeek(
      TaskRef debugger, Process process, long address) {
    return ask(
        call ->
            process
                .space()
                .tell(new AddressSpaceMessage.Peek(debugger, newRequest(), address, call, self)));
  }

  public AddressSpaceMessage.Peeked poke(
      TaskRef debugger, Process process, long address, long value) {
    return finish(
        this.<AddressSpaceMessage.Peeked>ask(
            call ->
                process
                    .space()
                    .tell(
                        new AddressSpaceMessage.Poke(
                            debugger, newRequest(), address, value, call, self))));
  }

  public EnclaveMessage.State state(Process process, long address) {
    return finish(
        this.<EnclaveMessage.State>ask(
            call -> process.space().tell(new AddressSpaceMessage.AskEnclave(address, call, self))));
  }

  /** Exits the process and waits for it. */
  public void exit(Process process) {
    finish(startExit(process));
  }

  /** The task has nothing to do: it gives up its core. */
  public void block(TaskRef task) {
    doors.scheduler().tell(new SchedulerMessage.Block(task));
  }

  public void signal(TaskRef task) {
    doors.scheduler().tell(new SchedulerMessage.Signal(task));
  }

  public EpcMessage.Counters epc() {
    return finish(
        this.<EpcMessage.Counters>ask(
            call -> doors.epc().tell(new EpcMessage.AskCounters(call, self))));
  }

  public LaunchControlMessage.Counters launchControl() {
    return finish(
        this.<LaunchControlMessage.Counters>ask(
            call -> doors.launchControl().tell(new LaunchControlMessage.AskCounters(call, self))));
  }

  public List<CoreMessage.Counters> cores() {
    List<CoreMessage.Counters> all = new ArrayList<>();
    for (ActorRef<CoreMessage.Request> core : doors.cores()) {
      all.add(
          finish(
              this.<CoreMessage.Counters>ask(
                  call -> core.tell(new CoreMessage.AskCounters(call, self)))));
    }
    return all;
  }

  /** Runs until {@code condition} or nothing is left. */
  public RunResult runUntil(Supplier<Boolean> condition) {
    return system.runUntil(
        () -> {
          if (watch != null) {
            watch.afterMessage(system.nowNanos());
          }
          return condition.get();
        });
  }

  @Override
  public void close() {
    system.close();
  }
}
