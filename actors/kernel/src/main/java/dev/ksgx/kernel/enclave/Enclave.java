package dev.ksgx.kernel.enclave;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import java.util.List;

/**
 * One enclave, from CREATE until its last reference is dropped: by the mapping, by a call, or by a
 * deferred add. Whoever drops the last one frees its frames.
 */
public final class Enclave extends AbstractBehavior<EnclaveMessage> {
  /** Nothing refers to the enclave any more and its frames are free. */
  private enum Released implements EnclaveMessage {
    NOW
  }

  private final EnclaveState state;
  private final CallEntry entry;
  private final Creation creation;
  private final Addition addition;
  private final PageAdder adder;
  private final Initialisation initialisation;
  private final Isolation isolation;
  private final Eviction eviction;
  private final Loading loading;
  private final Debugging debugging;

  /**
   * @param addressSpace process that creates the enclave
   * @param number of the enclave, unique since boot
   */
  public static Behavior<EnclaveMessage.Request> create(
      KernelServices services,
      ActorRef<LaunchControlMessage.Request> launchControl,
      ActorRef<AddWorkerMessage.Request> addWorker,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      long number) {
    return Behaviors.<EnclaveMessage>setup(
            context ->
                new Enclave(
                    context,
                    new EnclaveState(
                        services,
                        launchControl,
                        addWorker,
                        addressSpace,
                        context.getSelf(),
                        number)))
        .narrow();
  }

  private Enclave(ActorContext<EnclaveMessage> context, EnclaveState state) {
    super(context);
    this.state = state;
    this.entry = new CallEntry(state);
    this.creation = new Creation(state);
    this.adder = new PageAdder(state);
    this.addition = new Addition(state, adder);
    this.initialisation = new Initialisation(state);
    MmapLocks mmapLocks = new MmapLocks(state);
    this.isolation = new Isolation(state, mmapLocks);
    this.eviction = new Eviction(state, isolation, mmapLocks);
    this.loading = new Loading(state);
    this.debugging = new Debugging(state, loading);
  }

  @Override
  public Receive<EnclaveMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(EnclaveMessage.Fault.class, this::onFault)
        .onMessage(EnclaveMessage.Isolate.class, this::onIsolate)
        .onMessage(EnclaveMessage.Evict.class, this::onEvict)
        .onMessage(EnclaveMessage.AddPages.class, this::onAddPages)
        .onMessage(EnclaveMessage.TakeReference.class, take -> onTakeReference())
        .onMessage(EnclaveMessage.AddPage.class, this::onAddPage)
        .onMessage(EnclaveMessage.DrainAdds.class, this::onDrainAdds)
        .onMessage(EnclaveMessage.Create.class, this::onCreate)
        .onMessage(EnclaveMessage.Init.class, this::onInit)
        .onMessage(EnclaveMessage.Unmapped.class, this::onUnmapped)
        .onMessage(Addition.LateTake.class, this::onLateTake)
        .onMessage(EinitLoop.NapOver.class, this::onNapOver)
        .onMessage(Initialisation.LateMark.class, this::onLateMark)
        .onMessage(EnclaveMessage.AskState.class, this::onAskState)
        .onMessage(EnclaveMessage.Debug.class, this::onDebug)
        .onMessage(EnclaveMessage.Forked.class, this::onForked)
        .onMessage(EnclaveMessage.Suspend.class, this::onSuspend)
        .onMessage(EnclaveMessage.AskPaging.class, this::onAskPaging)
        .onMessage(Released.class, released -> onReleased())
        .build();
  }

  private Behavior<EnclaveMessage> onReply(Reply reply) {
    state.calls.complete(reply);
    return this;
  }

  private Behavior<EnclaveMessage> onTakeReference() {
    if (state.references == 0) {
      throw new IllegalStateException("a reference is taken on an enclave that nobody refers to");
    }
    state.references++;
    return this;
  }

  private Behavior<EnclaveMessage> onCreate(EnclaveMessage.Create create) {
    creation.run(
        create,
        result -> {
          create.replyTo().tell(new EnclaveMessage.CallDone(create.call(), result));
          if (!result.isZero()) {
            state.own.tell(Released.NOW);
          }
        });
    return this;
  }

  private Behavior<EnclaveMessage> onAddPage(EnclaveMessage.AddPage add) {
    Flow flow = state.flow(add.task(), add.request());
    entry.enter(
        flow,
        "ADD_PAGE",
        then -> addition.run(add, then),
        result -> endCall(flow, add.call(), result, add.replyTo()));
    return this;
  }

  private Behavior<EnclaveMessage> onAddPages(EnclaveMessage.AddPages add) {
    Flow flow = state.flow(add.task(), add.request());
    entry.enter(
        flow,
        "ADD_PAGES",
        then -> addition.runRange(add, then),
        result -> endCall(flow, add.call(), result, add.replyTo()));
    return this;
  }

  /** The mapping that faulted holds a reference, and its mmap lock keeps it there. */
  private Behavior<EnclaveMessage> onFault(EnclaveMessage.Fault fault) {
    loading.run(
        fault,
        (outcome, why) ->
            fault
                .replyTo()
                .tell(
                    new AddressSpaceMessage.FaultOver(
                        fault.call(), outcome, why, state.mappings.tableOf(fault.addressSpace()))));
    return this;
  }

  /** A pass that comes too late finds nothing; one that sets pages aside holds a reference. */
  private Behavior<EnclaveMessage> onIsolate(EnclaveMessage.Isolate ask) {
    if (state.references == 0) {
      ask.replyTo().tell(new EnclaveMessage.Isolated(ask.call(), 0, 0, List.of()));
      return this;
    }
    state.references++;
    Flow flow = state.flow(ask.task(), ask.request());
    isolation.run(
        ask,
        flow,
        answer -> {
          Runnable tell = () -> ask.replyTo().tell(answer);
          if (answer.isolated() == 0) {
            drop(flow, tell);
          } else {
            tell.run();
          }
        });
    return this;
  }

  private Behavior<EnclaveMessage> onEvict(EnclaveMessage.Evict ask) {
    Flow flow = state.flow(ask.task(), ask.request());
    eviction.run(
        ask,
        flow,
        answer -> {
          Runnable tell = () -> ask.replyTo().tell(answer);
          if (ask.stage() == EnclaveMessage.Stage.BLOCK) {
            tell.run();
          } else {
            drop(flow, tell);
          }
        });
    return this;
  }

  private Behavior<EnclaveMessage> onInit(EnclaveMessage.Init init) {
    Flow flow = state.flow(init.task(), init.request());
    entry.enter(
        flow,
        "INIT",
        then -> initialisation.run(init, then),
        result -> endCall(flow, init.call(), result, init.replyTo()));
    return this;
  }

  private Behavior<EnclaveMessage> onDrainAdds(EnclaveMessage.DrainAdds drain) {
    adder.drain(
        drain.task(),
        (flow, lastReference) -> {
          Runnable answer = () -> drain.replyTo().tell(new EnclaveMessage.Drained(drain.call()));
          if (lastReference) {
            release(flow, answer);
          } else {
            answer.run();
          }
        });
    return this;
  }

  /** Processes that share the enclave since a fork go one by one; the last one takes it along. */
  private Behavior<EnclaveMessage> onUnmapped(EnclaveMessage.Unmapped unmapped) {
    Flow flow = state.flow(unmapped.task(), unmapped.request());
    state.lock.acquire(
        flow,
        () -> {
          Mappings.Mapping mapping = state.mappings.of(flow.task().pid());
          boolean survives =
              unmapped.remaining() > 0 && state.services.config().preset().outlivesPartialUnmap();
          if (survives) {
            mapping.table().zap();
          } else if (state.mappings.all().size() == 1) {
            state.kill();
          } else {
            state.mappings.cut(mapping, unmapped.remaining());
          }
          flushTranslations(
              mapping,
              () -> {
                state.references += unmapped.remaining();
                state.lock.release(flow);
                endCall(flow, unmapped.call(), CallResult.OK, unmapped.replyTo());
              });
        });
    return this;
  }

  /** The shootdown after the entries are gone: threads inside leave by AEX and cannot come back. */
  private void flushTranslations(Mappings.Mapping mapping, Runnable then) {
    state
        .services
        .scheduler()
        .tell(
            new SchedulerMessage.LeaveUserMode(
                mapping.pid(),
                mapping.table(),
                state.calls.<SchedulerMessage.Left>expect(left -> then.run()),
                state.self));
  }

  private Behavior<EnclaveMessage> onLateTake(Addition.LateTake late) {
    late.take().run();
    return this;
  }

  private Behavior<EnclaveMessage> onNapOver(EinitLoop.NapOver nap) {
    nap.loop().onNapOver();
    return this;
  }

  private Behavior<EnclaveMessage> onLateMark(Initialisation.LateMark mark) {
    state.initialized = true;
    state.dead = mark.dead();
    state.lives();
    state.services.inspection().touched(state.number, state.secs.baseAddress());
    mark.then().run();
    return this;
  }

  private Behavior<EnclaveMessage> onAskPaging(EnclaveMessage.AskPaging ask) {
    ask.replyTo().tell(state.paging(ask.call()));
    return this;
  }

  private Behavior<EnclaveMessage> onAskState(EnclaveMessage.AskState ask) {
    ask.replyTo()
        .tell(
            new EnclaveMessage.State(
                ask.call(),
                state.phase(),
                state.resident,
                state.mappings == null ? null : state.mappings.tableOf(ask.addressSpace())));
    return this;
  }

  /** The mmap lock of the process keeps the mapping, and its reference, there. */
  private Behavior<EnclaveMessage> onDebug(EnclaveMessage.Debug ask) {
    debugging.run(ask, answer -> ask.replyTo().tell(answer));
    return this;
  }

  private Behavior<EnclaveMessage> onForked(EnclaveMessage.Forked forked) {
    state.references++;
    state.mappings.fork(forked.parent(), forked.pid(), forked.child());
    return this;
  }

  private Behavior<EnclaveMessage> onSuspend(EnclaveMessage.Suspend ask) {
    new Suspension(state)
        .run(ask, () -> ask.replyTo().tell(new EnclaveMessage.Suspended(ask.call())));
    return this;
  }

  /** A call is over and with it its reference; the last one to go frees the enclave. */
  private void endCall(
      Flow flow, long call, CallResult result, ActorRef<? super EnclaveMessage.CallDone> replyTo) {
    drop(flow, () -> replyTo.tell(new EnclaveMessage.CallDone(call, result)));
  }

  private void drop(Flow flow, Runnable then) {
    state.references--;
    if (state.references == 0) {
      release(flow, then);
    } else {
      then.run();
    }
  }

  private void release(Flow flow, Runnable then) {
    new Release(state)
        .run(
            flow,
            () -> {
              then.run();
              state.own.tell(Released.NOW);
            });
  }

  private Behavior<EnclaveMessage> onReleased() {
    state.services.inspection().closed(state.number);
    state.ended();
    return Behaviors.stopped();
  }
}
