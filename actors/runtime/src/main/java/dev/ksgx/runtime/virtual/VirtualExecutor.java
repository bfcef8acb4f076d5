package dev.ksgx.runtime.virtual;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** A dispatcher's executor that queues on the event loop. Created by Akka for every dispatcher. */
public final class VirtualExecutor extends ExecutorServiceConfigurator {
  private static final String INTERNAL = "akka.actor.internal-dispatcher";

  private final EventLoop loop;

  /** Called by Akka. */
  public VirtualExecutor(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.loop = ((VirtualScheduler) prerequisites.scheduler()).loop();
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    boolean internal = id.equals(INTERNAL);
    return () -> new Queue(loop, internal);
  }

  private static final class Queue extends AbstractExecutorService {
    private final EventLoop loop;
    private final boolean internal;
    private boolean shutdown;

    Queue(EventLoop loop, boolean internal) {
      this.loop = loop;
      this.internal = internal;
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task, internal);
    }

    @Override
    public void shutdown() {
      shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
