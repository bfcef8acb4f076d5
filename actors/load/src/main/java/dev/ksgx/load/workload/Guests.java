package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.launch.GuestEinit;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.load.scenario.GuestPlan;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.random.RandomStream;

/**
 * The virtual processors of KVM guests: each EINIT that is due occupies a core for its burst. Two
 * random streams of its own say when and which, so that guests are the same against every design.
 */
final class Guests extends AbstractBehavior<ClientMessage> {
  private static final double NANOS = 1e9;

  /** Far above the processes that a kernel can have. */
  private static final int FIRST_PID = 1 << 24;

  /** Above the requests of all threads that launch. */
  private static final long REQUESTS = 1L << 60;

  private final GuestPlan plan;
  private final ActorRef<SchedulerMessage.Request> scheduler;
  private final Clock clock;
  private final Probe probe;
  private final RandomStream gaps;
  private final RandomStream choice;
  private final Burst einit;
  private final Calls calls = new Calls();

  /** EINITs that each virtual processor has to do, the one under way included. */
  private final int[] due;

  private double lastNanos;
  private long requests;
  private long done;

  private Guests(
      ActorContext<ClientMessage> context,
      GuestPlan plan,
      KernelConfig config,
      ActorRef<SchedulerMessage.Request> scheduler) {
    super(context);
    RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
    this.plan = plan;
    this.scheduler = scheduler;
    this.clock = runtime.clock();
    this.probe = runtime.probe();
    this.gaps = runtime.random().stream("load/guest-gaps");
    this.choice = runtime.random().stream("load/guests");
    this.einit = GuestEinit.burst(hash(plan.hash()), config);
    this.due = new int[plan.vcpus()];
    this.lastNanos = clock.nowNanos();
  }

  /** Guests that begin at once. They answer {@link LoadMessage.ReadGuests}. */
  static Behavior<ClientMessage> create(
      GuestPlan plan, KernelConfig config, ActorRef<SchedulerMessage.Request> scheduler) {
    return Behaviors.setup(
        context -> {
          Guests guests = new Guests(context, plan, config, scheduler);
          guests.planNext();
          return guests;
        });
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(LoadMessage.GuestDue.class, message -> onDue())
        .onMessage(LoadMessage.ReadGuests.class, this::onRead)
        .onMessage(Reply.class, this::onReply)
        .build();
  }

  private void planNext() {
    lastNanos += gaps.exponential(NANOS / plan.ratePerSecond());
    clock.tellAt(Math.round(lastNanos), getContext().getSelf(), LoadMessage.GuestDue.NOW);
  }

  private Behavior<ClientMessage> onDue() {
    planNext();
    int vcpu = choice.nextInt(plan.vcpus());
    due[vcpu]++;
    if (due[vcpu] == 1) {
      initialise(vcpu);
    }
    return this;
  }

  private Behavior<ClientMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private void initialise(int vcpu) {
    RequestId request = new RequestId(REQUESTS | ++requests);
    TaskRef task = task(vcpu);
    long call =
        calls.<Executed>expect(
            ran -> {
              probe.done(request.value());
              done++;
              due[vcpu]--;
              if (due[vcpu] > 0) {
                initialise(vcpu);
              } else {
                scheduler.tell(new SchedulerMessage.Block(task));
              }
            });
    scheduler.tell(
        new SchedulerMessage.Run(
            task, request, einit, false, call, getContext().getSelf().narrow()));
  }

  /** Asks what each has had of the cores, one after the other. */
  private Behavior<ClientMessage> onRead(LoadMessage.ReadGuests read) {
    add(read, done, 0, 0);
    return this;
  }

  private void add(LoadMessage.ReadGuests read, long einits, int vcpu, long coreNanos) {
    if (vcpu == plan.vcpus()) {
      read.replyTo().tell(new LoadMessage.GuestReading(einits, coreNanos));
      return;
    }
    long call =
        calls.<SchedulerMessage.TaskTime>expect(
            time -> add(read, einits, vcpu + 1, coreNanos + time.nanos()));
    scheduler.tell(
        new SchedulerMessage.AskTaskTime(task(vcpu), call, getContext().getSelf().narrow()));
  }

  private static TaskRef task(int vcpu) {
    return new TaskRef(FIRST_PID + vcpu, FIRST_PID + vcpu, TaskRef.Kind.GUEST);
  }

  private static Bytes hash(GuestPlan.Hash hash) {
    return switch (hash) {
      case OTHER -> Bytes.zeros(32).sha256();
      case SIGNER -> ModelKeys.signer(0).mrsigner();
      case LAUNCH_ENCLAVE -> LaunchKey.signer();
    };
  }
}
