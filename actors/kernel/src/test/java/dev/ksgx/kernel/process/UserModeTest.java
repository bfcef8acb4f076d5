package dev.ksgx.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.leaf.AccessResult.Outcome;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.program.EnclaveThread;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage.FaultOutcome;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Bursts with faults, against a scheduler and an address space that a test makes up. */
class UserModeTest {
  private static final TaskRef TASK = new TaskRef(1, 1, TaskRef.Kind.CREATOR);
  private static final Step SYSCALL = Step.software(Work.SYSCALL);
  private static final long PAGE = 0x5000;

  private final List<Burst> bursts = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private int faults;
  private Translation tableNow;

  /** Executes one step after the other as {@code cpu} says, up to the first fault. */
  private Executed run(
      Burst burst, Function<Step, StepResult> cpu, Function<Integer, FaultOutcome> kernel) {
    Executed[] end = new Executed[1];
    Behavior<ClientMessage> client =
        Behaviors.setup(context -> new Client(context, burst, cpu, kernel, end));
    try (VirtualSystem<ClientMessage> system =
        VirtualSystem.create(client, "user-mode", VirtualOptions.seed(1))) {
      system.runToQuiescence().orThrow();
    }
    return end[0];
  }

  private final class Client extends AbstractBehavior<ClientMessage> {
    private final Calls calls = new Calls();

    Client(
        ActorContext<ClientMessage> context,
        Burst burst,
        Function<Step, StepResult> cpu,
        Function<Integer, FaultOutcome> kernel,
        Executed[] end) {
      super(context);
      ActorRef<SchedulerMessage.Request> scheduler =
          context.spawn(
              Behaviors.<SchedulerMessage.Request>receiveMessage(
                  message -> {
                    execute((SchedulerMessage.Run) message, cpu);
                    return Behaviors.same();
                  }),
              "scheduler");
      ActorRef<AddressSpaceMessage.Request> space =
          context.spawn(
              Behaviors.<AddressSpaceMessage.Request>receiveMessage(
                  message -> {
                    AddressSpaceMessage.PageFault fault = (AddressSpaceMessage.PageFault) message;
                    faults++;
                    FaultOutcome outcome = kernel.apply(faults);
                    String why = outcome == FaultOutcome.RETRY ? "" : "no such page";
                    fault
                        .replyTo()
                        .tell(
                            new AddressSpaceMessage.FaultOver(
                                fault.call(), outcome, why, tableNow));
                    return Behaviors.same();
                  }),
              "space");
      ActorRef<Reply> self = context.getSelf().narrow();
      Flow flow = new Flow(TASK, new RequestId(7), calls, self, scheduler);
      new UserMode(flow, space, self, calls)
          .onFault(() -> said.add("begins"), () -> said.add("ends"))
          .run(burst, executed -> end[0] = executed);
    }

    @Override
    public Receive<ClientMessage> createReceive() {
      return newReceiveBuilder()
          .onMessage(
              Reply.class,
              reply -> {
                calls.complete(reply);
                return this;
              })
          .build();
    }
  }

  private void execute(SchedulerMessage.Run run, Function<Step, StepResult> cpu) {
    bursts.add(run.burst());
    List<StepResult> results = new ArrayList<>();
    for (Step step : run.burst().steps()) {
      StepResult result = cpu.apply(step);
      results.add(result);
      boolean left = result instanceof StepResult.Left end && !end.fault().isEmpty();
      if (left || result instanceof StepResult.Faulted) {
        break;
      }
    }
    run.replyTo().tell(new Executed(run.call(), run.task(), 0, results, false));
  }

  private static StepResult.Faulted fault(Step again, long address) {
    return new StepResult.Faulted(again, address, 4, "the page is present");
  }

  @Test
  void afterAFaultTheStepAndTheRestOfTheBurstGoOnAndTheResultsAreWhole() {
    EnclaveThread thread = new EnclaveThread(previous -> new EnclaveStep.Exit(Bytes.zeros(0)));
    Step enter = new Step.Enter(0x1000, linear -> 0, () -> null);
    Step resume = new Step.Resume(0x1000, linear -> 0, thread);
    StepResult left = new StepResult.Left(Bytes.fromHex("aa"), "");
    int[] resumed = new int[1];
    Executed ran =
        run(
            Burst.of(SYSCALL, enter, SYSCALL),
            step -> {
              if (step == SYSCALL) {
                return StepResult.Done.DONE;
              }
              if (step == enter) {
                return fault(resume, PAGE);
              }
              return resumed[0]++ == 0 ? fault(resume, 2 * PAGE) : left;
            },
            number -> FaultOutcome.RETRY);
    assertThat(ran.results()).containsExactly(StepResult.Done.DONE, left, StepResult.Done.DONE);
    assertThat(bursts)
        .containsExactly(
            Burst.of(SYSCALL, enter, SYSCALL),
            Burst.of(resume, SYSCALL),
            Burst.of(resume, SYSCALL));
    assertThat(said).containsExactly("begins", "ends", "begins", "ends");
  }

  @Test
  void aFaultThatIsNotResolvedUnwindsTheThreadAndNamesSignalAddressAndRule() {
    EnclaveThread thread = new EnclaveThread(previous -> new EnclaveStep.Compute(1));
    Step resume = new Step.Resume(0x1000, linear -> 0, thread);
    Executed ran =
        run(
            Burst.of(resume, SYSCALL),
            step ->
                thread.pending() instanceof EnclaveStep.Exit exit
                    ? new StepResult.Left(exit.value(), thread.fault())
                    : fault(resume, PAGE),
            number -> FaultOutcome.SIGBUS);
    assertThat(ran.results()).hasSize(1);
    assertThat(((StepResult.Left) ran.last()).fault())
        .startsWith("SIGBUS at 0x5000")
        .contains("the page is present")
        .contains("no such page");
    assertThat(faults).isEqualTo(1);
  }

  @Test
  void aThreadThatCannotEvenUnwindIsGivenUp() {
    EnclaveThread thread = new EnclaveThread(previous -> new EnclaveStep.Compute(1));
    Step resume = new Step.Resume(0x1000, linear -> 0, thread);
    Executed ran =
        run(
            Burst.of(resume),
            step -> fault(resume, PAGE + bursts.size()),
            number -> FaultOutcome.SIGSEGV);
    assertThat(((StepResult.Left) ran.last()).fault()).startsWith("SIGSEGV at 0x5001");
    assertThat(faults).isEqualTo(2);
  }

  /** Else it would go through the entries of an enclave that is no more, for ever in vain. */
  @Test
  void whatIsTriedAgainGoesThroughTheTableThatIsThereNow() {
    Translation before = linear -> -1;
    tableNow = linear -> 0x1000;
    Step access = new Step.Access(before, PAGE, 4, null);
    StepResult done = new StepResult.Accessed(new AccessResult(Outcome.ABORT_PAGE, null, 0, 0, ""));
    run(
        Burst.of(access),
        step -> ((Step.Access) step).translation() == before ? fault(step, PAGE) : done,
        number -> FaultOutcome.RETRY);
    assertThat(faults).isEqualTo(1);
    assertThat(((Step.Access) bursts.get(1).steps().get(0)).translation()).isSameAs(tableNow);
  }

  @Test
  void anAccessThatIsNotResolvedEndsAtOnce() {
    Step access = new Step.Access(linear -> -1, PAGE, 4, null);
    Executed ran =
        run(Burst.of(access), step -> fault(access, PAGE), number -> FaultOutcome.SIGSEGV);
    assertThat(((StepResult.Left) ran.last()).fault()).startsWith("SIGSEGV at 0x5000");
    assertThat(bursts).hasSize(1);
  }

  @Test
  void faultsWithoutProgressAreGivenUpWhateverTheirAddressAndOthersAreNot() {
    Step access = new Step.Access(linear -> -1, PAGE, 4, null);
    Step resume =
        new Step.Resume(
            0x1000, linear -> 0, new EnclaveThread(previous -> new EnclaveStep.Compute(1)));
    int half = UserMode.MOST_REFAULTS / 2;
    Executed ran =
        run(
            Burst.of(access),
            step -> fault(faults < half ? resume : access, PAGE + 4096L * (faults % 3)),
            number -> FaultOutcome.RETRY);
    assertThat(((StepResult.Left) ran.last()).fault()).contains("did not come");
    assertThat(faults).isEqualTo(half + UserMode.MOST_REFAULTS);
  }
}
