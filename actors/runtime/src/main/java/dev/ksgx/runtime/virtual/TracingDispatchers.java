package dev.ksgx.runtime.virtual;

import akka.actor.ActorCell;
import akka.dispatch.Dispatcher;
import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.MessageDispatcher;
import akka.dispatch.MessageDispatcherConfigurator;
import akka.dispatch.sysmsg.SystemMessage;
import com.typesafe.config.Config;
import java.util.concurrent.TimeUnit;
import scala.concurrent.duration.FiniteDuration;

/**
 * The dispatchers of a traced system: Akka's own, except that the event loop hears who sends a
 * system message while it is being sent. Created by Akka for every dispatcher.
 */
public final class TracingDispatchers extends MessageDispatcherConfigurator {
  private final MessageDispatcher dispatcher;

  /** Called by Akka. */
  public TracingDispatchers(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.dispatcher = new Tracing(this, ((VirtualScheduler) prerequisites.scheduler()).loop());
  }

  @Override
  public MessageDispatcher dispatcher() {
    return dispatcher;
  }

  private static FiniteDuration duration(Config config, String key) {
    return FiniteDuration.create(config.getDuration(key, TimeUnit.NANOSECONDS), "ns");
  }

  private static final class Tracing extends Dispatcher {
    private final EventLoop loop;

    Tracing(TracingDispatchers configurator, EventLoop loop) {
      super(
          configurator,
          configurator.config().getString("id"),
          configurator.config().getInt("throughput"),
          duration(configurator.config(), "throughput-deadline-time"),
          configurator.configureExecutor(),
          duration(configurator.config(), "shutdown-timeout"));
      this.loop = loop;
    }

    @Override
    public void systemDispatch(ActorCell receiver, SystemMessage message) {
      loop.systemSent(receiver.mailbox(), message);
      super.systemDispatch(receiver, message);
    }
  }
}
