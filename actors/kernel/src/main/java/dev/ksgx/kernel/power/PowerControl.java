package dev.ksgx.kernel.power;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The way down and up again, in the order of the kernel: user tasks are frozen at the entry of
 * their calls and in user mode, those of applications first, so that the launch enclave can still
 * answer them; then the kernel threads; then the driver's callback gives the enclaves up; then the
 * cores stop and the power goes. Lives inside the guardian.
 */
public final class PowerControl {
  /** How long tasks may take to freeze: the kernel's limit. */
  private static final long FREEZE_NANOS = 20_000_000_000L;

  private static final TaskRef SUSPENDER = new TaskRef(0, 0, TaskRef.Kind.SUSPENDER);

  private enum State {
    AWAKE,
    FREEZING,
    GOING_DOWN,
    ASLEEP
  }

  /** The tasks have had their time to freeze for that attempt. */
  public record FreezeTimeout(long attempt) implements KernelMessage {}

  private final KernelServices services;
  private final Calls calls;
  private final ActorRef<KernelMessage> own;
  private final ActorRef<Reply> self;
  private final List<ActorRef<AddressSpaceMessage.Request>> spaces = new ArrayList<>();
  private final EnumSet<TaskRef.Kind> frozen = EnumSet.noneOf(TaskRef.Kind.class);
  private final List<Runnable> unborn = new ArrayList<>();
  private State state = State.AWAKE;
  private KernelMessage.Doors doors;
  private ActorRef<AddWorkerMessage.Request> addWorker;
  private KernelMessage.Suspend asked;
  private Cancellable timeout;

  /** Answers to an attempt that was given up mean nothing to the next. */
  private long attempt;

  /**
   * @param own the guardian
   * @param calls where its answers are waited for
   */
  public PowerControl(KernelServices services, ActorRef<KernelMessage> own, Calls calls) {
    this.services = services;
    this.own = own;
    this.self = own.narrow();
    this.calls = calls;
  }

  /** A process has been made. */
  public void made(ActorRef<AddressSpaceMessage.Request> space) {
    spaces.add(space);
  }

  /** If processes of that kind are frozen, none is made now; {@code later} makes it. */
  public boolean holds(TaskRef.Kind kind, Runnable later) {
    boolean holds = frozen.contains(kind);
    if (holds) {
      unborn.add(later);
    }
    return holds;
  }

  /** The way down. */
  public void suspend(
      KernelMessage.Suspend ask,
      KernelMessage.Doors doors,
      ActorRef<AddWorkerMessage.Request> addWorker) {
    if (state != State.AWAKE) {
      busy(ask, "the machine sleeps or is about to");
      return;
    }
    this.doors = doors;
    this.addWorker = addWorker;
    asked = ask;
    state = State.FREEZING;
    timeout = services.clock().tellAfter(FREEZE_NANOS, own, new FreezeTimeout(++attempt));
    freeze(
        TaskRef.Kind.CREATOR,
        () ->
            ask(
                call -> doors.launchControl().tell(new LaunchControlMessage.Suspend(call, self)),
                () -> freeze(TaskRef.Kind.LAUNCH_ENCLAVE, this::freezeKernelThreads)));
  }

  private static void busy(KernelMessage.Suspend ask, String why) {
    CallResult result = CallResult.failed(Errno.EBUSY, "suspend: " + why);
    ask.replyTo().tell(new KernelMessage.PowerChanged(ask.call(), result, 0));
  }

  /** Too late for that attempt: everybody goes on. */
  public void onTimeout(FreezeTimeout over) {
    if (state == State.FREEZING && over.attempt() == attempt) {
      thaw();
      busy(asked, "tasks did not freeze within 20 seconds");
    }
  }

  private void freeze(TaskRef.Kind kind, Runnable then) {
    frozen.add(kind);
    services.scheduler().tell(new SchedulerMessage.Freeze(kind));
    List<LongConsumer> asks = new ArrayList<>();
    asks.add(call -> doors.device().tell(new DeviceMessage.Freeze(kind, call, self)));
    for (ActorRef<AddressSpaceMessage.Request> space : spaces) {
      asks.add(call -> space.tell(new AddressSpaceMessage.Freeze(kind, call, self)));
    }
    ask(asks, then);
  }

  /**
   * The work queue is frozen with the threads, and then the callback waits for what is queued in it
   * (B-42); it has to be the other way round.
   */
  private void freezeKernelThreads() {
    boolean queueFirst = services.config().bugs().has(Bugs.SUSPEND_WAITS_FOR_FROZEN_QUEUE);
    ask(
        call -> services.swapper().tell(new SwapperMessage.Freeze(call, self)),
        () -> {
          if (queueFirst) {
            freezeAddWorker(() -> giveUpEnclaves(this::stopCores));
          } else {
            giveUpEnclaves(enclaves -> freezeAddWorker(() -> stopCores(enclaves)));
          }
        });
  }

  private void freezeAddWorker(Runnable then) {
    ask(call -> addWorker.tell(new AddWorkerMessage.Freeze(call, self)), then);
  }

  /** Goes on once the driver's callback, if it has one, is through the enclaves. */
  @FunctionalInterface
  private interface GivenUp {
    void accept(int enclaves);
  }

  private void giveUpEnclaves(GivenUp then) {
    state = State.GOING_DOWN;
    timeout.cancel();
    if (!services.config().preset().suspendsEnclaves()) {
      then.accept(0);
      return;
    }
    long call = calls.<DeviceMessage.Walked>expect(walked -> then.accept(walked.enclaves()));
    doors.device().tell(new DeviceMessage.SuspendEnclaves(SUSPENDER, asked.request(), call, self));
  }

  private void stopCores(int enclaves) {
    List<LongConsumer> asks = new ArrayList<>();
    for (ActorRef<CoreMessage.Request> core : doors.cores()) {
      asks.add(call -> core.tell(new CoreMessage.Stop(call, self)));
    }
    ask(
        asks,
        () -> {
          services.machine().losePower();
          state = State.ASLEEP;
          asked
              .replyTo()
              .tell(new KernelMessage.PowerChanged(asked.call(), CallResult.OK, enclaves));
        });
  }

  /** The way up: there is nothing to do but to let everybody go on. */
  public void resume(KernelMessage.Resume ask) {
    CallResult result = CallResult.OK;
    if (state == State.ASLEEP) {
      thaw();
    } else {
      result = CallResult.failed(Errno.EINVAL, "resume: the machine does not sleep");
    }
    ask.replyTo().tell(new KernelMessage.PowerChanged(ask.call(), result, 0));
  }

  private void thaw() {
    state = State.AWAKE;
    attempt++;
    frozen.clear();
    services.scheduler().tell(SchedulerMessage.Thaw.NOW);
    addWorker.tell(AddWorkerMessage.Thaw.NOW);
    services.swapper().tell(SwapperMessage.Thaw.NOW);
    doors.device().tell(DeviceMessage.Thaw.NOW);
    spaces.forEach(space -> space.tell(AddressSpaceMessage.Thaw.NOW));
    List<Runnable> born = List.copyOf(unborn);
    unborn.clear();
    born.forEach(Runnable::run);
  }

  private void ask(LongConsumer question, Runnable then) {
    ask(List.of(question), then);
  }

  /** Asks each question; goes on when the last answer is in. */
  private void ask(List<LongConsumer> questions, Runnable then) {
    long now = attempt;
    int[] out = {questions.size()};
    for (LongConsumer question : questions) {
      question.accept(
          calls.expect(
              answer -> {
                out[0]--;
                if (out[0] == 0 && now == attempt) {
                  then.run();
                }
              }));
    }
  }
}
