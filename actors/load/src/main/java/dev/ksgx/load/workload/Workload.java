package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.scenario.RunLength;
import dev.ksgx.load.statistics.ImageLedger;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.LaunchLedger;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.TokenService;
import dev.ksgx.load.workload.arrival.Arrivals;
import dev.ksgx.load.workload.life.Lives;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage.Doors;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Plans launches, hands each to a creator and books what becomes of it; opens the measured window
 * after the warm-up and closes it at its end.
 */
final class Workload extends AbstractBehavior<ClientMessage> {
  private static final int ANYONE = -1;

  /**
   * What a workload is made of.
   *
   * @param targets what is launched
   * @param creators the threads that launch
   * @param pids of the processes that launch
   * @param frames frames of the EPC
   * @param tokens what the launches see of the launch enclave
   * @param lives what goes on beside the launches
   * @param guests KVM guests beside them
   */
  record Setup(
      Targets targets,
      List<ActorRef<ClientMessage>> creators,
      List<Integer> pids,
      Doors doors,
      int frames,
      TokenService tokens,
      Lives lives,
      Optional<ActorRef<ClientMessage>> guests) {
    Setup {
      creators = List.copyOf(creators);
      pids = List.copyOf(pids);
    }
  }

  private final LoadPlan plan;
  private final Setup setup;
  private final Consumer<WindowFigures> finished;
  private final Consumer<PagingFigures> pagingTold;
  private final Clock clock;
  private final Arrivals arrivals;
  private final Draws draws;
  private final LaunchLedger ledger;
  private final ImageLedger images;
  private final long launchesToEnd;
  private final boolean closedLoop;
  private long launches;
  private long ended;

  /** Nobody plans another launch: what was to be replayed has been. */
  private boolean allPlanned;

  private boolean open;
  private MachineReading reading;
  private PagingReading paging;
  private boolean partial;
  private LaunchFigures figures;
  private List<ImageLedger.Figures> figuresOfImages;
  private TokenService.Figures tokenService;
  private List<LifeFigures> groups;
  private LoadMessage.GuestReading guestsAtOpening;
  private LoadMessage.GuestReading guestsAtClosing;
  private MachineFigures machine;

  private Workload(
      ActorContext<ClientMessage> context,
      LoadPlan plan,
      Setup setup,
      Consumer<WindowFigures> finished,
      Consumer<PagingFigures> pagingTold) {
    super(context);
    this.plan = plan;
    this.setup = setup;
    this.finished = finished;
    this.pagingTold = pagingTold;
    RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
    this.clock = runtime.clock();
    this.arrivals = new Arrivals(plan, runtime.random());
    this.draws = new Draws(plan, setup.targets(), runtime.random());
    this.closedLoop = plan.arrivals() == LoadPlan.Arrivals.CLOSED;
    this.ledger = new LaunchLedger(plan.length() instanceof RunLength.Time time ? time.nanos() : 0);
    this.images = new ImageLedger(setup.targets().choices().size());
    this.launchesToEnd =
        plan.length() instanceof RunLength.Count count ? count.launches() : Long.MAX_VALUE;
  }

  /**
   * A workload that begins at once.
   *
   * @param finished hears the figures when the window has closed
   * @param pagingTold hears what paging did, after {@link LoadGuardian.ReadPaging}
   */
  static Behavior<ClientMessage> create(
      LoadPlan plan,
      Setup setup,
      Consumer<WindowFigures> finished,
      Consumer<PagingFigures> pagingTold) {
    return Behaviors.setup(
        context -> {
          Workload workload = new Workload(context, plan, setup, finished, pagingTold);
          workload.begin();
          return workload;
        });
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(LoadMessage.Due.class, this::onDue)
        .onMessage(LoadMessage.Started.class, this::onStarted)
        .onMessage(LoadMessage.Ended.class, this::onEnded)
        .onMessage(LoadMessage.OpenWindow.class, message -> onOpenWindow())
        .onMessage(LoadMessage.CloseWindow.class, this::onCloseWindow)
        .onMessage(LoadGuardian.ReadPaging.class, read -> onReadPaging())
        .onMessage(LoadMessage.GuestReading.class, this::onGuestReading)
        .onMessage(Reply.class, this::onReply)
        .build();
  }

  private void begin() {
    long now = clock.nowNanos();
    arrivals.begin(now);
    clock.tellAt(now + plan.warmUpNanos(), self(), LoadMessage.OpenWindow.NOW);
    if (closedLoop) {
      for (int creator = 0; creator < setup.creators().size(); creator++) {
        planNext(creator);
      }
    } else {
      planNext();
    }
  }

  private void planNext() {
    OptionalLong next = arrivals.next();
    if (next.isPresent()) {
      clock.tellAt(next.getAsLong(), self(), new LoadMessage.Due(ANYONE));
    } else {
      allPlanned = true;
    }
  }

  private void planNext(int creator) {
    long next = arrivals.next(creator, clock.nowNanos());
    clock.tellAt(next, self(), new LoadMessage.Due(creator));
  }

  private Behavior<ClientMessage> onDue(LoadMessage.Due due) {
    long now = clock.nowNanos();
    long number = launches++;
    int creator = due.creator();
    if (creator == ANYONE) {
      creator = arrivals.thread(number);
      planNext();
    }
    ledger.planned(number, now);
    Draws.Drawn drawn = draws.draw(number, creator);
    images.planned(number, drawn.choice());
    setup
        .creators()
        .get(creator)
        .tell(new LoadMessage.DoLaunch(number, now, drawn.enclave(), self()));
    return this;
  }

  private Behavior<ClientMessage> onStarted(LoadMessage.Started started) {
    ledger.started(started.number(), started.startedNanos());
    return this;
  }

  private Behavior<ClientMessage> onEnded(LoadMessage.Ended over) {
    ledger.ended(over.launch(), over.breakdown(), clock.nowNanos());
    images.ended(over.launch());
    ended++;
    if (closedLoop) {
      planNext(over.creator());
    }
    boolean nothingLeft = allPlanned && ended == launches && plan.endNanos() == 0;
    if (open && (ledger.endedInWindow() == launchesToEnd || nothingLeft)) {
      close(false);
    }
    return this;
  }

  private Behavior<ClientMessage> onOpenWindow() {
    open = true;
    ledger.openWindow(clock.nowNanos());
    images.openWindow();
    paging = new PagingReading(getContext(), setup.doors(), setup.frames());
    reading = new MachineReading(getContext(), setup.doors());
    readGuests();
    if (plan.length() instanceof RunLength.Time time) {
      clock.tellAfter(time.nanos(), self(), new LoadMessage.CloseWindow(false));
    }
    return this;
  }

  private Behavior<ClientMessage> onCloseWindow(LoadMessage.CloseWindow order) {
    if (!open) {
      onOpenWindow();
    }
    close(order.partial());
    return this;
  }

  private void close(boolean beforeItsTime) {
    if (!reading.isClosed()) {
      long now = clock.nowNanos();
      partial = beforeItsTime;
      figures = ledger.figures(now);
      figuresOfImages = images.figures();
      tokenService = setup.tokens().figures(now);
      groups = setup.lives().figures();
      reading.close(figures.windowNanos());
      readGuests();
    }
  }

  private Behavior<ClientMessage> onReadPaging() {
    paging.close();
    return this;
  }

  private Behavior<ClientMessage> onReply(Reply reply) {
    if (PagingReading.isForThis(reply)) {
      paging.take(reply).ifPresent(pagingTold);
      return this;
    }
    reading.take(reply).ifPresent(taken -> machine = taken);
    finishOnceAllIsThere();
    return this;
  }

  private void readGuests() {
    setup.guests().ifPresent(guests -> guests.tell(new LoadMessage.ReadGuests(self())));
  }

  private Behavior<ClientMessage> onGuestReading(LoadMessage.GuestReading told) {
    if (guestsAtOpening == null) {
      guestsAtOpening = told;
    } else {
      guestsAtClosing = told;
    }
    finishOnceAllIsThere();
    return this;
  }

  private void finishOnceAllIsThere() {
    if (machine != null && (setup.guests().isEmpty() || guestsAtClosing != null)) {
      finished.accept(
          new WindowFigures(
              partial,
              figures,
              figuresOfImages,
              tokenService,
              groups,
              setup.pids(),
              guests(),
              machine));
    }
  }

  private WindowFigures.Guests guests() {
    return setup.guests().isEmpty()
        ? null
        : new WindowFigures.Guests(
            guestsAtClosing.einits() - guestsAtOpening.einits(),
            guestsAtClosing.coreNanos() - guestsAtOpening.coreNanos());
  }

  private ActorRef<ClientMessage> self() {
    return getContext().getSelf();
  }
}
