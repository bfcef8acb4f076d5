package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage.FaultOutcome;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A burst with steps in user mode, page faults and all: each fault goes to the address space, and
 * what it interrupted goes on afterwards. Lives inside the actor that runs the task and owns {@code
 * calls}; one object a burst.
 *
 * <p>A fault that the kernel does not resolve is the end: the step becomes a {@link
 * StepResult.Left} whose fault names the signal, the address and the rule. A thread that was inside
 * an enclave comes back first and unwinds, so that its TCS can be entered again.
 */
public final class UserMode {
  /**
   * Faults in a row without progress after which the task gives up: the driver has no waiting in
   * its fault path (driver.md 6.5), and a page that never comes, or pages that never are there
   * together, would be a loop for ever. The loop of B-49, which ends, has some 360,000.
   */
  static final int MOST_REFAULTS = 1_000_000;

  private static final long NOT_BEGUN = -1;
  private static final long NO_FAULT = -2;

  private final Flow flow;
  private final ActorRef<AddressSpaceMessage.Request> addressSpace;
  private final ActorRef<Reply> self;
  private final Calls calls;
  private Runnable faultBegins = () -> {};
  private Runnable faultEnds = () -> {};
  private List<Step> steps;
  private List<StepResult> earlier = List.of();
  private Consumer<Executed> then;
  private StepResult.Faulted fault;
  private long stepsAtFault = NO_FAULT;
  private int refaults;

  /**
   * @param addressSpace of the process of the flow's task
   * @param self the actor that runs the task
   * @param calls where its answers are waited for
   */
  public UserMode(
      Flow flow,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      ActorRef<Reply> self,
      Calls calls) {
    this.flow = flow;
    this.addressSpace = addressSpace;
    this.self = self;
    this.calls = calls;
  }

  /** Tell when the kernel begins to serve a fault, and when the task goes on. */
  public UserMode onFault(Runnable begins, Runnable ends) {
    faultBegins = begins;
    faultEnds = ends;
    return this;
  }

  /**
   * Execute {@code burst}, then go on. The results are those of the burst as if nothing had
   * faulted: one a step.
   */
  public void run(Burst burst, Consumer<Executed> then) {
    this.steps = burst.steps();
    this.then = then;
    flow.run(burst, this::ran);
  }

  private void ran(Executed executed) {
    if (!(executed.last() instanceof StepResult.Faulted faulted)) {
      then.accept(whole(executed, executed.results()));
      return;
    }
    List<StepResult> before = executed.results().subList(0, executed.results().size() - 1);
    steps = steps.subList(before.size(), steps.size());
    if (!before.isEmpty()) {
      List<StepResult> all = new ArrayList<>(earlier);
      all.addAll(before);
      earlier = all;
    }
    refaults = hasProgressed(faulted) ? 0 : refaults + 1;
    fault = faulted;
    if (refaults == MOST_REFAULTS) {
      leave(executed, "SIGBUS", "the page did not come in " + MOST_REFAULTS + " faults");
      return;
    }
    faultBegins.run();
    addressSpace.tell(
        new AddressSpaceMessage.PageFault(
            flow.task(),
            flow.request(),
            faulted.address(),
            faulted.errorCode(),
            calls.<AddressSpaceMessage.FaultOver>expect(over -> served(executed, over)),
            self));
  }

  private void served(Executed executed, AddressSpaceMessage.FaultOver over) {
    faultEnds.run();
    if (over.outcome() == FaultOutcome.RETRY) {
      again(over.table() == null ? fault.again() : in(over.table(), fault.again()));
    } else {
      leave(executed, over.outcome().name(), over.why());
    }
  }

  /** A step of the program was done since the fault before, or the program has begun. */
  private boolean hasProgressed(StepResult.Faulted faulted) {
    long steps =
        faulted.again() instanceof Step.Resume resume ? resume.thread().stepsDone() : NOT_BEGUN;
    boolean progressed = steps != stepsAtFault;
    stepsAtFault = steps;
    return progressed;
  }

  /**
   * The step with the page table that is there now: meanwhile the enclave at the address may have
   * become another one.
   */
  private static Step in(Translation table, Step step) {
    if (step instanceof Step.Access access && access.translation() != table) {
      return new Step.Access(table, access.linear(), access.length(), access.data());
    }
    if (step instanceof Step.Enter enter && enter.translation() != table) {
      return new Step.Enter(enter.tcs(), table, enter.program());
    }
    return step instanceof Step.Resume resume && resume.translation() != table
        ? new Step.Resume(resume.tcs(), table, resume.thread())
        : step;
  }

  private void again(Step step) {
    List<Step> rest = new ArrayList<>(steps.size());
    rest.add(step);
    rest.addAll(steps.subList(1, steps.size()));
    flow.run(new Burst(rest, false), this::ran);
  }

  private void leave(Executed executed, String signal, String why) {
    String where = "%s at 0x%x: %s".formatted(signal, fault.address(), fault.check());
    String whole = why.isEmpty() ? where : where + " (" + why + ")";
    if (fault.again() instanceof Step.Resume resume && resume.thread().fault().isEmpty()) {
      resume.thread().abandon(whole);
      refaults = 0;
      again(fault.again());
      return;
    }
    String told = fault.again() instanceof Step.Resume resume ? resume.thread().fault() : whole;
    then.accept(whole(executed, List.of(new StepResult.Left(Bytes.zeros(0), told))));
  }

  /** The answer with the results of all that ran before it. */
  private Executed whole(Executed executed, List<StepResult> last) {
    if (earlier.isEmpty() && last == executed.results()) {
      return executed;
    }
    List<StepResult> all = new ArrayList<>(earlier);
    all.addAll(last);
    return new Executed(
        executed.call(), executed.task(), executed.core(), all, executed.signalPending());
  }
}
