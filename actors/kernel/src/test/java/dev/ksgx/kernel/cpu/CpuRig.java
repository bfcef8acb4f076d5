package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Interrupted;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.List;
import java.util.function.Consumer;

/** A scheduler and its cores at 1 GHz, so that a cycle is a nanosecond; nothing else. */
final class CpuRig implements AutoCloseable {
  private record Do(Runnable what) implements ClientMessage {}

  /** A burst that was handed in. */
  static final class Ran {
    Executed executed;
    long endNanos = -1;

    boolean isDone() {
      return executed != null;
    }

    int core() {
      return executed.core();
    }
  }

  private final class Client extends AbstractBehavior<ClientMessage> {
    Client(ActorContext<ClientMessage> context) {
      super(context);
      self = context.getSelf().narrow();
      own = context.getSelf();
      RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
      scheduler =
          context.spawn(
              Scheduler.create(
                  config,
                  runtime.clock(),
                  runtime.probe(),
                  (core, parent) -> Core.create(core, machine.processor(core), parent, config)),
              "scheduler");
    }

    @Override
    public Receive<ClientMessage> createReceive() {
      return newReceiveBuilder()
          .onMessage(
              Do.class,
              todo -> {
                todo.what().run();
                return this;
              })
          .onMessage(
              Reply.class,
              reply -> {
                calls.complete(reply);
                return this;
              })
          .build();
    }
  }

  final Machine machine;
  private final KernelConfig config;
  private final VirtualSystem<ClientMessage> system;
  private final Calls calls = new Calls();
  private ActorRef<ClientMessage> own;
  private ActorRef<Reply> self;
  private ActorRef<SchedulerMessage.Request> scheduler;
  private SchedulerMessage.Cores cores;

  CpuRig(int cores, Scheduling policy, long sliceNanos) {
    this(quiet(cores).withScheduling(policy, sliceNanos));
  }

  CpuRig(KernelConfig config) {
    this.config = config;
    this.machine = Machine.create(config.machine());
    Behavior<ClientMessage> client = Behaviors.setup(Client::new);
    this.system = VirtualSystem.create(client, "cpu", VirtualOptions.seed(1));
    system.runUntil(() -> own != null);
    inside(
        () ->
            scheduler.tell(
                new SchedulerMessage.AskCores(
                    calls.<SchedulerMessage.Cores>expect(found -> this.cores = found), self)));
    system.runUntil(() -> this.cores != null);
  }

  /** 1 GHz, no interrupts, no jitter. */
  static KernelConfig quiet(int cores) {
    KernelConfig config = KernelConfig.preset(Preset.V5);
    return config
        .withMachine(MachineConfig.builder().processors(cores).build())
        .withGhz(1)
        .withCosts(config.costs().jitter(0))
        .withInterrupts(0, 0);
  }

  static TaskRef task(int tid) {
    return new TaskRef(1, tid, TaskRef.Kind.CREATOR);
  }

  /** Hands in a burst now; the task holds its core afterwards. */
  Ran run(int tid, Burst burst) {
    return runThen(tid, burst, () -> {});
  }

  /** Hands in a burst now; the task blocks at its end. */
  Ran runAndBlock(int tid, Burst burst) {
    return runThen(tid, burst, () -> block(tid));
  }

  Ran runThen(int tid, Burst burst, Runnable then) {
    Ran ran = new Ran();
    inside(
        () ->
            scheduler.tell(
                new SchedulerMessage.Run(
                    task(tid),
                    new RequestId(tid),
                    burst,
                    calls.<Executed>expect(
                        executed -> {
                          ran.executed = executed;
                          ran.endNanos = system.nowNanos();
                          then.run();
                        }),
                    self)));
    return ran;
  }

  void block(int tid) {
    scheduler.tell(new SchedulerMessage.Block(task(tid)));
  }

  /** The task sleeps interruptibly; {@code onSignal} hears of a signal. */
  void blockInterruptibly(int tid, Runnable onSignal) {
    inside(
        () ->
            scheduler.tell(
                new SchedulerMessage.BlockInterruptibly(
                    task(tid), calls.<Interrupted>expect(signal -> onSignal.run()), self)));
  }

  void shootdown(List<Integer> pids, Consumer<SchedulerMessage.Acknowledged> then) {
    inside(
        () ->
            scheduler.tell(
                new SchedulerMessage.Shootdown(
                    pids, calls.<SchedulerMessage.Acknowledged>expect(then), self)));
  }

  void tell(SchedulerMessage.Request message) {
    scheduler.tell(message);
  }

  void tellCore(int core, CoreMessage.Request message) {
    cores.cores().get(core).tell(message);
  }

  CoreMessage.Counters counters(int core) {
    CoreMessage.Counters[] answer = new CoreMessage.Counters[1];
    inside(
        () ->
            tellCore(
                core,
                new CoreMessage.AskCounters(
                    calls.<CoreMessage.Counters>expect(counters -> answer[0] = counters), self)));
    system.runUntil(() -> answer[0] != null);
    return answer[0];
  }

  /** How long the task has held cores. */
  long heldNanos(int tid) {
    SchedulerMessage.TaskTime[] answer = new SchedulerMessage.TaskTime[1];
    inside(
        () ->
            tell(
                new SchedulerMessage.AskTaskTime(
                    task(tid),
                    calls.<SchedulerMessage.TaskTime>expect(time -> answer[0] = time),
                    self)));
    system.runUntil(() -> answer[0] != null);
    return answer[0].nanos();
  }

  void inside(Runnable what) {
    own.tell(new Do(what));
  }

  /** Runs to that instant. */
  void at(long nanos) {
    system.runUntil(nanos).orThrow();
  }

  /** Runs until nothing moves; what the run then says of those who still wait. */
  String whoWaits() {
    return system.runToQuiescence().report();
  }

  void toTheEnd() {
    system.runToQuiescence().orThrow();
  }

  /** The task runs for 20 ms: it is ahead of all that have not. The instant afterwards. */
  long tire(int tid) {
    runAndBlock(tid, Burst.of(new Step.Compute(20_000_000)));
    toTheEnd();
    return now();
  }

  long now() {
    return system.nowNanos();
  }

  @Override
  public void close() {
    system.close();
  }
}
