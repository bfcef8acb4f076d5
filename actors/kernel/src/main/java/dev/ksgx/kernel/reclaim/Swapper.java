package dev.ksgx.kernel.reclaim;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Frozen;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.probe.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Knows whose pages there are, and reclaims: in its own task between the low and the high watermark
 * (ksgxswapd, driver.md 6.2), and in the task of whoever finds no free frame.
 */
public final class Swapper extends AbstractBehavior<SwapperMessage> {
  private final int highWatermark;
  private final boolean mixes;
  private final boolean spins;
  private final TaskRef task;
  private final ActorRef<SchedulerMessage.Request> scheduler;
  private final ActorRef<EpcMessage.Request> epc;
  private final VictimPolicy policy;
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final State thread;
  private final Map<ActorRef<?>, Tenant> tenants = new LinkedHashMap<>();

  /** What paging did to the enclaves that are no more, to which it did anything. */
  private final List<SwapperMessage.Share> gone = new ArrayList<>();

  /** How many of those to which it did nothing each process had: there may be millions. */
  private final SortedMap<Integer, Long> untouched = new TreeMap<>();

  /** Grows with every pass that found a page to look at. */
  private long progress;

  private final List<ReclaimPass> passesUnderWay = new ArrayList<>();

  /** Its own thread is in a pass, or between two. */
  private boolean awake;

  /** The allocator has its leave to wake it. */
  private boolean wakeable;

  private boolean frozen;

  /** It came to rest between two passes because it is frozen. */
  private boolean stopped;

  private Runnable whenAtRest;
  private long passes;
  private long emptyPasses;
  private long directPasses;
  private long evicted;
  private long evictedDirectly;
  private long wakeUps;

  /**
   * @param frames frames of the machine
   * @param task ksgxswapd
   */
  public static Behavior<SwapperMessage.Request> create(
      int frames,
      Paging paging,
      Bugs bugs,
      TaskRef task,
      ActorRef<SchedulerMessage.Request> scheduler,
      ActorRef<EpcMessage.Request> epc) {
    return Behaviors.<SwapperMessage>setup(
            context -> new Swapper(context, frames, paging, bugs, task, scheduler, epc))
        .narrow();
  }

  private Swapper(
      ActorContext<SwapperMessage> context,
      int frames,
      Paging paging,
      Bugs bugs,
      TaskRef task,
      ActorRef<SchedulerMessage.Request> scheduler,
      ActorRef<EpcMessage.Request> epc) {
    super(context);
    this.highWatermark = Paging.highWatermark(frames);
    this.mixes = paging.reclaim().oneList();
    this.spins = bugs.has(Bugs.SWAPPER_SPINS);
    this.task = task;
    this.scheduler = scheduler;
    this.epc = epc;
    this.self = context.getSelf().narrow();
    this.thread = RuntimeExtension.get(context.getSystem()).probe().state("thread");
    this.policy =
        switch (paging.reclaim()) {
          case PER_PROCESS -> new PerProcess();
          case PER_ENCLAVE -> new PerEnclave();
          case GLOBAL -> new GlobalList();
        };
    sleep();
  }

  @Override
  public Receive<SwapperMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(SwapperMessage.Track.class, this::onTrack)
        .onMessage(SwapperMessage.Reclaim.class, this::onReclaim)
        .onMessage(SwapperMessage.AskCanReclaim.class, this::onAskCanReclaim)
        .onMessage(SwapperMessage.Wake.class, wake -> onWake())
        .onMessage(SwapperMessage.Register.class, this::onRegister)
        .onMessage(SwapperMessage.Deregister.class, this::onDeregister)
        .onMessage(SwapperMessage.Freeze.class, this::onFreeze)
        .onMessage(SwapperMessage.Thaw.class, thaw -> onThaw())
        .onMessage(SwapperMessage.AskCounters.class, this::onAskCounters)
        .onMessage(SwapperMessage.AskShares.class, this::onAskShares)
        .build();
  }

  private Behavior<SwapperMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private Behavior<SwapperMessage> onRegister(SwapperMessage.Register register) {
    Tenant tenant = new Tenant(register.enclave(), register.pid(), register.number());
    tenants.put(register.enclave(), tenant);
    policy.add(tenant);
    return this;
  }

  /** Whatever a pass has sent the enclave arrives before the answer. */
  private Behavior<SwapperMessage> onDeregister(SwapperMessage.Deregister deregister) {
    Tenant tenant = tenants.remove(deregister.enclave());
    tenant.gone = true;
    policy.remove(tenant);
    tenant.atItsEnd = share(tenant, deregister.paging());
    if (tenant.atItsEnd.isUntouched()) {
      untouched.merge(tenant.pid, 1L, Long::sum);
    } else {
      gone.add(tenant.atItsEnd);
    }
    deregister.replyTo().tell(new SwapperMessage.Forgotten(deregister.call()));
    return this;
  }

  private Behavior<SwapperMessage> onTrack(SwapperMessage.Track track) {
    policy.loaded(tenants.get(track.enclave()), track.address());
    mayBeWoken();
    return this;
  }

  /**
   * The one list alone decides in the driver (driver.md 6.1); here the pages that a pass has taken
   * off it count too, since they come back to it, or their frames to the pool.
   */
  private Behavior<SwapperMessage> onAskCanReclaim(SwapperMessage.AskCanReclaim ask) {
    boolean any = !policy.isKnownEmpty() || othersMayFree();
    ask.replyTo().tell(new SwapperMessage.CanReclaim(ask.call(), any));
    return this;
  }

  private boolean othersMayFree() {
    return passesUnderWay.stream().anyMatch(ReclaimPass::holdsPages);
  }

  private Behavior<SwapperMessage> onReclaim(SwapperMessage.Reclaim ask) {
    directPasses++;
    pass(
        new Flow(ask.task(), ask.request(), calls, self, scheduler),
        outcome -> {
          evictedDirectly += outcome.freed();
          ask.replyTo()
              .tell(
                  new SwapperMessage.Reclaimed(
                      ask.call(), outcome.signalPending(), outcome.freed(), isHopeless(outcome)));
        });
    return this;
  }

  private void pass(Flow flow, Consumer<ReclaimPass.Outcome> then) {
    ReclaimPass pass =
        new ReclaimPass(policy, mixes, flow, calls, self, tenant -> tenant.emptySince = progress);
    passesUnderWay.add(pass);
    pass.run(
        outcome -> {
          passesUnderWay.remove(pass);
          if (outcome.looked() > 0) {
            progress++;
          }
          if (outcome.freed() > 0) {
            passes++;
          } else {
            emptyPasses++;
          }
          evicted += outcome.freed();
          mayBeWoken();
          then.accept(outcome);
        });
  }

  /**
   * The one list is empty, or no enclave has had a page to look at since one last had; and no other
   * pass may free one. Pages of an enclave that is on its way out may stand before others.
   */
  private boolean isHopeless(ReclaimPass.Outcome outcome) {
    if (outcome.looked() > 0 || othersMayFree()) {
      return false;
    }
    if (mixes) {
      return !outcome.candidates();
    }
    for (Tenant tenant : tenants.values()) {
      if (tenant.emptySince != progress) {
        return false;
      }
    }
    return true;
  }

  /** The list may have become empty since the allocator had its leave. */
  private Behavior<SwapperMessage> onWake() {
    wakeable = false;
    if (!policy.isKnownEmpty()) {
      wakeUps++;
      goOn();
    }
    return this;
  }

  private Behavior<SwapperMessage> onFreeze(SwapperMessage.Freeze freeze) {
    frozen = true;
    Runnable answer = () -> freeze.replyTo().tell(new Frozen(freeze.call()));
    if (awake) {
      whenAtRest = answer;
    } else {
      answer.run();
    }
    return this;
  }

  /** What woke it meanwhile, or had it go on, counts now. */
  private Behavior<SwapperMessage> onThaw() {
    frozen = false;
    if (stopped) {
      stopped = false;
      goOn();
    }
    return this;
  }

  /** Whoever waits for the thread to come to rest hears that it has. */
  private void rest() {
    if (whenAtRest != null) {
      whenAtRest.run();
      whenAtRest = null;
    }
  }

  private void goOn() {
    awake = true;
    thread.set("awake");
    if (frozen) {
      stopped = true;
      scheduler.tell(new SchedulerMessage.Block(task));
      rest();
      return;
    }
    epc.tell(
        new EpcMessage.AskFree(
            calls.<EpcMessage.FreeFrames>expect(
                answer -> {
                  if (answer.free() >= highWatermark || policy.isKnownEmpty()) {
                    scheduler.tell(new SchedulerMessage.Block(task));
                    sleep();
                  } else {
                    pass(new Flow(task, RequestId.BOOT, calls, self, scheduler), this::afterPass);
                  }
                }),
            self));
  }

  /**
   * With nothing to evict the swapper sleeps until an allocation wakes it; with bug B-46 it spins:
   * it keeps its core, to which nothing else comes, as it has no point at which it yields.
   */
  private void afterPass(ReclaimPass.Outcome outcome) {
    if (outcome.looked() > 0 || outcome.freed() > 0) {
      goOn();
    } else {
      if (!spins) {
        scheduler.tell(new SchedulerMessage.Block(task));
      }
      sleep();
    }
  }

  private void sleep() {
    awake = false;
    thread.set("asleep");
    rest();
    mayBeWoken();
  }

  /**
   * The allocator wakes the thread only if there is a page to evict (driver.md 6.1). It hears so
   * once, when the first one comes, and asks nobody when it gives out a frame.
   */
  private void mayBeWoken() {
    if (!awake && !wakeable && !policy.isKnownEmpty()) {
      wakeable = true;
      epc.tell(new EpcMessage.SwapperSleeps(getContext().getSelf().narrow()));
    }
  }

  private Behavior<SwapperMessage> onAskCounters(SwapperMessage.AskCounters ask) {
    ask.replyTo()
        .tell(
            new SwapperMessage.Counters(
                ask.call(), passes, emptyPasses, directPasses, evicted, evictedDirectly, wakeUps));
    return this;
  }

  private Behavior<SwapperMessage> onAskShares(SwapperMessage.AskShares ask) {
    new ShareCount(ask, List.copyOf(tenants.values()), new ArrayList<>(gone)).next(0);
    return this;
  }

  /** Asks one enclave after the other; one that goes meanwhile has told the swapper. */
  private final class ShareCount {
    private final SwapperMessage.AskShares ask;
    private final List<Tenant> living;
    private final List<SwapperMessage.Share> shares;

    /** As it was when the question came: of those that go meanwhile each is told. */
    private final SortedMap<Integer, Long> untouchedBefore = new TreeMap<>(untouched);

    ShareCount(
        SwapperMessage.AskShares ask, List<Tenant> living, List<SwapperMessage.Share> shares) {
      this.ask = ask;
      this.living = living;
      this.shares = shares;
    }

    void next(int index) {
      if (index == living.size()) {
        shares.sort(Comparator.comparingLong(SwapperMessage.Share::enclave));
        ask.replyTo().tell(new SwapperMessage.Shares(ask.call(), shares, untouchedBefore));
        return;
      }
      Tenant tenant = living.get(index);
      if (tenant.gone) {
        shares.add(tenant.atItsEnd);
        next(index + 1);
        return;
      }
      long call =
          calls.<EnclaveMessage.Paging>expect(
              paging -> {
                shares.add(share(tenant, paging));
                next(index + 1);
              });
      tenant.enclave.tell(new EnclaveMessage.AskPaging(call, self));
    }
  }

  private static SwapperMessage.Share share(Tenant tenant, EnclaveMessage.Paging paging) {
    return new SwapperMessage.Share(
        tenant.pid,
        tenant.number,
        paging.evictions(),
        paging.loads(),
        paging.softFaults(),
        paging.hardFaults(),
        paging.refaults());
  }
}
