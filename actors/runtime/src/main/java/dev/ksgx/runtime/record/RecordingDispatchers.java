package dev.ksgx.runtime.record;

import akka.actor.ActorCell;
import akka.dispatch.Dispatcher;
import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceFactory;
import akka.dispatch.ExecutorServiceFactoryProvider;
import akka.dispatch.Mailbox;
import akka.dispatch.MessageDispatcher;
import akka.dispatch.MessageDispatcherConfigurator;
import akka.dispatch.sysmsg.Create;
import akka.dispatch.sysmsg.SystemMessage;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import scala.concurrent.duration.FiniteDuration;

/**
 * Akka's own dispatcher for a live system that is recorded: tells the {@link RecordingMailbox} who
 * sends a system message and when an actor handles it, and takes care that a thread which has run
 * an actor acts for nobody. A system message that comes while its actor runs takes effect between
 * two messages, unseen: what the actor says then is ascribed to the one before. Configured as
 * {@code akka.actor.default-dispatcher.type}; it takes the same keys as {@code Dispatcher}.
 */
public final class RecordingDispatchers extends MessageDispatcherConfigurator {
  private final MessageDispatcher dispatcher;

  /** Called by Akka. */
  public RecordingDispatchers(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.dispatcher = new Recording(this, config, configureExecutor());
  }

  @Override
  public MessageDispatcher dispatcher() {
    return dispatcher;
  }

  private static FiniteDuration duration(Config config, String key) {
    return FiniteDuration.create(config.getDuration(key, TimeUnit.NANOSECONDS), "ns");
  }

  private static final class Recording extends Dispatcher {
    Recording(
        RecordingDispatchers configurator,
        Config config,
        ExecutorServiceFactoryProvider executors) {
      super(
          configurator,
          config.getString("id"),
          config.getInt("throughput"),
          duration(config, "throughput-deadline-time"),
          (id, threads) -> watched(executors, id, threads),
          duration(config, "shutdown-timeout"));
    }

    private static ExecutorServiceFactory watched(
        ExecutorServiceFactoryProvider executors, String id, ThreadFactory threads) {
      ExecutorServiceFactory factory = executors.createExecutorServiceFactory(id, threads);
      return () -> new Watched(factory.createExecutorService());
    }

    @Override
    public void systemDispatch(ActorCell receiver, SystemMessage message) {
      if (receiver.mailbox().messageQueue() instanceof RecordingMailbox.Queue queue) {
        queue.systemSent(message);
      }
      super.systemDispatch(receiver, message);
    }
  }

  /** Runs mailboxes between a look at their system messages and another. */
  private static final class Watched extends AbstractExecutorService {
    private final ExecutorService threads;

    Watched(ExecutorService threads) {
      this.threads = threads;
    }

    /** The first message of an actor comes with its mailbox; nobody dispatches it. */
    @Override
    public void execute(Runnable task) {
      if (task instanceof Mailbox mailbox
          && mailbox.messageQueue() instanceof RecordingMailbox.Queue queue) {
        if (mailbox.systemQueueGet() instanceof Create create) {
          queue.systemSent(create);
        }
        threads.execute(() -> run(mailbox, queue));
      } else {
        threads.execute(task);
      }
    }

    private static void run(Mailbox mailbox, RecordingMailbox.Queue queue) {
      queue.handleSystem();
      try {
        mailbox.run();
        queue.handleSystem();
      } finally {
        queue.rest();
      }
    }

    @Override
    public void shutdown() {
      threads.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
      return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
      return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
      return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
      return threads.awaitTermination(timeout, unit);
    }
  }
}
