package dev.ksgx.load.workload;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.load.scenario.LivesPlan;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.workload.boot.Boot;
import dev.ksgx.load.workload.life.Lives;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import java.util.List;
import java.util.function.Consumer;

/**
 * Boots a kernel and lets the groups of a plan live on it. The figures go to a callback, in the
 * thread that runs the actors, when every process is over, when the time of the plan is, or after
 * {@link LoadGuardian.Stop}.
 */
public final class LivesGuardian extends AbstractBehavior<ClientMessage> {
  private final LivesPlan plan;
  private final int frames;
  private final Consumer<LivesFigures> finished;
  private final Consumer<PagingFigures> pagingTold;
  private final Clock clock;
  private final Boot boot;
  private final Lives lives;
  private MachineReading reading;
  private PagingReading paging;
  private boolean partial;
  private List<LifeFigures> groups;

  private LivesGuardian(
      ActorContext<ClientMessage> context,
      KernelConfig config,
      LivesPlan plan,
      Consumer<LivesFigures> finished,
      Consumer<PagingFigures> pagingTold) {
    super(context);
    this.frames = PagingReading.frames(config);
    this.pagingTold = pagingTold;
    this.plan = plan;
    this.finished = finished;
    this.clock = RuntimeExtension.get(context.getSystem()).clock();
    this.lives = new Lives(context, plan.groups(), 0);
    lives.whenAllOver(() -> close(false));
    this.boot = new Boot(context, config, this::up);
  }

  /**
   * A load on a kernel of its own.
   *
   * @param finished hears the figures once
   * @param pagingTold hears what paging did, after {@link LoadGuardian.ReadPaging}
   */
  public static Behavior<ClientMessage> create(
      KernelConfig config,
      LivesPlan plan,
      Consumer<LivesFigures> finished,
      Consumer<PagingFigures> pagingTold) {
    return Behaviors.setup(
        context -> new LivesGuardian(context, config, plan, finished, pagingTold));
  }

  @Override
  public Receive<ClientMessage> createReceive() {
    return lives
        .listen(boot.listen(newReceiveBuilder(), this), this)
        .onMessage(LoadMessage.CloseWindow.class, order -> close(order.partial()))
        .onMessage(LoadGuardian.Stop.class, stop -> close(true))
        .onMessage(LoadGuardian.ReadPaging.class, read -> onReadPaging())
        .onMessage(Reply.class, this::onReply)
        .build();
  }

  private void up(KernelMessage.Doors doors) {
    paging = new PagingReading(getContext(), doors, frames);
    reading = new MachineReading(getContext(), doors);
    if (plan.lengthNanos() > 0) {
      clock.tellAt(plan.lengthNanos(), getContext().getSelf(), new LoadMessage.CloseWindow(false));
    }
    lives.make(boot, doors, () -> {});
  }

  /** The figures are those of this instant, although some answers are still to come. */
  private Behavior<ClientMessage> close(boolean fromOutside) {
    if (reading != null && !reading.isClosed()) {
      partial = fromOutside;
      reading.close(clock.nowNanos());
      groups = lives.figures();
    }
    return this;
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
    reading
        .take(reply)
        .ifPresent(machine -> finished.accept(new LivesFigures(partial, groups, machine)));
    return this;
  }
}
