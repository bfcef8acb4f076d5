package dev.ksgx.load.workload.life;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.process.DeviceOpening;
import dev.ksgx.kernel.process.UserMode;
import dev.ksgx.load.scenario.LifeGroup;
import dev.ksgx.load.scenario.TouchPlan;
import dev.ksgx.load.statistics.LifeObserver;
import dev.ksgx.load.statistics.LifePart;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.KernelMessage.Doors;
import dev.ksgx.protocol.message.KernelMessage.TokenSource;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A process whose enclaves live one after the other. Its first thread makes the system calls and
 * zeroes the heap; then all its threads enter at once.
 */
final class LifeProcess extends AbstractBehavior<ClientMessage> {
  /**
   * What a process is made of.
   *
   * @param index number of the process among those of all groups, from 0
   * @param requests number of the owner of its requests in the run, from 0
   * @param group number of its group
   * @param member number of the process in its group, from 0
   * @param threads its tasks, the first one first
   * @param observer counts its touches
   * @param owner hears of its lives and of its end
   */
  record Setup(
      int index,
      int requests,
      int group,
      int member,
      LifeGroup plan,
      LifeImage image,
      List<TaskRef> threads,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      Doors doors,
      LifeObserver observer,
      ActorRef<ClientMessage> owner) {
    Setup {
      threads = List.copyOf(threads);
    }
  }

  private static final int REQUESTS_BITS = 32;

  private final Setup setup;
  private final Clock clock;
  private final Probe probe;
  private final Calls calls = new Calls();
  private final List<RandomStream> random = new ArrayList<>();
  private long requests;
  private int lives;
  private LifeInProgress life;

  /** Of the mapping; 0 if there is none. */
  private long base;

  private Translation translation;
  private int inside;

  private LifeProcess(ActorContext<ClientMessage> context, Setup setup) {
    super(context);
    this.setup = setup;
    RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
    this.clock = runtime.clock();
    this.probe = runtime.probe();
    for (int thread = 0; thread < setup.threads().size(); thread++) {
      String name = "lives/" + setup.plan().name() + "/" + setup.member() + "/" + thread;
      random.add(runtime.random().stream(name));
    }
  }

  /** A process that waits for {@link LifeMessage.Begin}. */
  static Behavior<ClientMessage> create(Setup setup) {
    return Behaviors.setup(context -> new LifeProcess(context, setup));
  }

  /** Number of the owner of a request in the run, from 0; -1 if it is nobody's of the load. */
  static int ownerOf(long request) {
    return (int) (request >>> REQUESTS_BITS) - 1;
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(LifeMessage.Begin.class, begin -> onBegin())
        .onMessage(LifeMessage.HoldOver.class, over -> onHoldOver())
        .build();
  }

  private Behavior<ClientMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private Behavior<ClientMessage> onBegin() {
    RequestId request = newRequest();
    new DeviceOpening(setup.doors().device(), setup.addressSpace(), mainTask(), reply(), calls)
        .start(
            request,
            DeviceOpening.said(tokens()),
            opened -> {
              probe.done(request.value());
              if (opened.isErrno()) {
                failEveryLife(opened);
              }
              nextLife();
            });
    return this;
  }

  /** Processes rely on the signers of launch enclaves in turn. */
  private TokenSource tokens() {
    return setup.doors().tokensOf(setup.index());
  }

  private void nextLife() {
    if (lives == setup.plan().repeats()) {
      flow(0, newRequest()).block();
      setup.owner().tell(new LifeMessage.ProcessOver(setup.index()));
      return;
    }
    beginLife();
    build();
  }

  private void beginLife() {
    lives++;
    life = new LifeInProgress(clock.nowNanos());
    base = 0;
    setup.owner().tell(new LifeMessage.Begun(setup.group()));
  }

  /** Without the device there is no enclave. */
  private void failEveryLife(CallResult opened) {
    while (lives < setup.plan().repeats()) {
      beginLife();
      life.fail(opened.name(), opened.check());
      endLife();
    }
  }

  private void build() {
    RequestId request = newRequest();
    LifeBuild.Caller caller =
        new LifeBuild.Caller(
            mainTask(), setup.doors(), tokens(), setup.addressSpace(), calls, reply());
    LifeBuild.Listener listener =
        new LifeBuild.Listener() {
          @Override
          public void created() {
            over(LifePart.CREATE);
          }

          @Override
          public void initialised(long address) {
            probe.done(request.value());
            over(LifePart.INIT);
            base = address;
            if (entersAtAll()) {
              findTables();
            } else {
              hold();
            }
          }

          @Override
          public void failed(CallResult result, long address) {
            probe.done(request.value());
            base = address;
            life.fail(result.name(), result.check());
            destroy();
          }
        };
    new LifeBuild(caller, setup.image(), setup.plan().adds(), request, listener).start();
  }

  private boolean entersAtAll() {
    return setup.plan().warmStart() != LifeGroup.WarmStart.NONE
        || setup.plan().touch().pattern() != TouchPlan.Pattern.NONE;
  }

  /** What the processor walks when threads of this process are inside. */
  private void findTables() {
    long call =
        calls.<EnclaveMessage.State>expect(
            state -> {
              translation = state.translation();
              if (setup.plan().warmStart() == LifeGroup.WarmStart.SDK) {
                zeroHeap();
              } else {
                work();
              }
            });
    setup.addressSpace().tell(new AddressSpaceMessage.AskEnclave(base, call, reply()));
  }

  private void zeroHeap() {
    int pages = setup.plan().unmeasuredPages();
    PageChoice each = PageChoice.sequential(pages, 0);
    TouchProgram zeroing =
        new TouchProgram(heap(), each, pages, setup.plan().zeroCycles(), true, () -> {});
    enter(
        0,
        zeroing,
        () -> {
          over(LifePart.START);
          work();
        });
  }

  private void work() {
    TouchPlan touch = setup.plan().touch();
    if (!life.succeeds() || touch.pattern() == TouchPlan.Pattern.NONE) {
      hold();
      return;
    }
    int threads = setup.threads().size();
    inside = threads;
    for (int thread = 0; thread < threads; thread++) {
      PageChoice choice = PageChoice.of(touch, thread, threads, random.get(thread));
      TouchProgram program =
          new TouchProgram(heap(), choice, touch.count(), touch.cycles(), false, this::touched);
      int number = thread;
      enter(thread, program, () -> threadOver(number));
    }
  }

  private void touched() {
    setup.observer().touched(setup.group());
  }

  /** The first thread waits for the others, the others have nothing else to do. */
  private void threadOver(int thread) {
    inside--;
    if (thread > 0 || inside > 0) {
      flow(thread, newRequest()).block();
    }
    if (inside == 0) {
      over(LifePart.RUN);
      hold();
    }
  }

  /** One visit of a thread, which holds its core afterwards. */
  private void enter(int thread, TouchProgram program, Runnable then) {
    Flow flow = flow(thread, newRequest());
    long tcs = base + setup.image().tcsOffset(thread);
    new UserMode(flow, setup.addressSpace(), reply(), calls)
        .run(
            Burst.of(new Step.Enter(tcs, translation, () -> program)),
            ran -> {
              probe.done(flow.request().value());
              note((StepResult.Left) ran.last());
              then.run();
            });
  }

  /**
   * A fault that nobody could resolve fails the life; where a signal came of it that is its name.
   */
  private void note(StepResult.Left left) {
    String fault = left.fault();
    if (!fault.isEmpty()) {
      life.fail(fault.startsWith("SIG") ? fault.substring(0, fault.indexOf(' ')) : "FAULT", fault);
    }
  }

  private void hold() {
    if (life.succeeds() && setup.plan().holdNanos() > 0) {
      flow(0, newRequest()).block();
      clock.tellAfter(setup.plan().holdNanos(), getContext().getSelf(), LifeMessage.HoldOver.NOW);
    } else {
      destroy();
    }
  }

  private Behavior<ClientMessage> onHoldOver() {
    over(LifePart.HOLD);
    destroy();
    return this;
  }

  /** What is left of a life that failed goes in any case. */
  private void destroy() {
    if (base == 0 || life.succeeds() && !setup.plan().destroy()) {
      lifeOver();
      return;
    }
    RequestId request = newRequest();
    long call =
        calls.<Returned>expect(
            returned -> {
              if (!returned.result().isZero()) {
                throw new IllegalStateException(mainTask() + ": munmap gave " + returned.result());
              }
              probe.done(request.value());
              over(LifePart.DESTROY);
              lifeOver();
            });
    setup
        .addressSpace()
        .tell(
            new AddressSpaceMessage.Munmap(
                mainTask(), request, base, setup.image().sizeBytes(), call, reply()));
  }

  private void lifeOver() {
    endLife();
    nextLife();
  }

  private void endLife() {
    long now = clock.nowNanos();
    setup.owner().tell(new LifeMessage.Ended(life.ended(setup.group(), setup.member(), now)));
  }

  private void over(LifePart part) {
    life.over(part, clock.nowNanos());
  }

  private long heap() {
    return base + setup.image().heapOffset();
  }

  private TaskRef mainTask() {
    return setup.threads().get(0);
  }

  private Flow flow(int thread, RequestId request) {
    return new Flow(
        setup.threads().get(thread), request, calls, reply(), setup.doors().scheduler());
  }

  /** Requests of different processes never meet: each has its own upper half. */
  private RequestId newRequest() {
    return new RequestId((setup.requests() + 1L) << REQUESTS_BITS | ++requests);
  }

  private ActorRef<Reply> reply() {
    return getContext().getSelf().narrow();
  }
}
