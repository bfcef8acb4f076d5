package dev.ksgx.runtime.virtual;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.actor.Scheduler.TaskRunOnClose;
import akka.actor.SchedulerException;
import akka.dispatch.ExecutionContexts$;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import dev.ksgx.runtime.record.Recorder;
import dev.ksgx.runtime.record.RecorderSource;
import java.io.Closeable;
import java.util.concurrent.ThreadFactory;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** Akka's scheduler over the event loop. Created by Akka, through the configuration alone. */
public final class VirtualScheduler extends AbstractScheduler implements Closeable, RecorderSource {
  private static final ExecutionContext PARASITIC = ExecutionContexts$.MODULE$.parasitic();

  private final EventLoop loop;
  private boolean closed;

  /** Called by Akka during {@link VirtualSystem#create}. */
  public VirtualScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
    this.loop = EventLoop.beingCreated();
  }

  /** The loop that drives the system of this scheduler. */
  public EventLoop loop() {
    return loop;
  }

  @Override
  public Recorder recorder() {
    return loop.recorder();
  }

  @Override
  public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
    return once(delay.toNanos(), task, executor);
  }

  @Override
  public Cancellable scheduleOnce(
      java.time.Duration delay, Runnable task, ExecutionContext executor) {
    return once(delay.toNanos(), task, executor);
  }

  private Cancellable once(long delayNanos, Runnable task, ExecutionContext executor) {
    refuseIfClosed();
    return loop.virtualClock().add(new Once(due(delayNanos), loop.isStarting(), task, executor));
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in Akka's scheduler all the same
  public Cancellable schedule(
      FiniteDuration delay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
    refuseIfClosed();
    return loop.virtualClock()
        .add(
            new Periodic(
                due(delay.toNanos()), loop.isStarting(), interval.toNanos(), task, executor));
  }

  private long due(long delayNanos) {
    long due = loop.nowNanos() + Math.max(0, delayNanos);
    return due < 0 ? Long.MAX_VALUE : due;
  }

  @Override
  public double maxFrequency() {
    return 1e9;
  }

  @Override
  public void close() {
    closed = true;
    for (VirtualTimer timer; (timer = loop.virtualClock().poll()) != null; ) {
      if (timer instanceof Once once && once.task instanceof TaskRunOnClose task) {
        task.run();
      }
    }
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new IllegalStateException("the scheduler of this actor system is closed");
    }
  }

  private static void execute(Runnable task, ExecutionContext executor) {
    if (executor == PARASITIC) {
      task.run();
    } else {
      executor.execute(task);
    }
  }

  private static final class Once extends VirtualTimer {
    private final Runnable task;
    private final ExecutionContext executor;

    Once(long dueNanos, boolean daemon, Runnable task, ExecutionContext executor) {
      super(dueNanos, daemon);
      this.task = task;
      this.executor = executor;
    }

    @Override
    void fire() {
      execute(task, executor);
    }
  }

  /** Sets itself anew after each run, unless the run says that its target is gone. */
  private final class Periodic extends VirtualTimer {
    private final long intervalNanos;
    private final Runnable task;
    private final ExecutionContext executor;
    private boolean stopped;

    Periodic(
        long dueNanos,
        boolean daemon,
        long intervalNanos,
        Runnable task,
        ExecutionContext executor) {
      super(dueNanos, daemon);
      this.intervalNanos = intervalNanos;
      this.task = task;
      this.executor = executor;
    }

    @Override
    void fire() {
      execute(this::turn, executor);
    }

    private void turn() {
      if (stopped) {
        return;
      }
      try {
        task.run();
      } catch (SchedulerException e) {
        stopped = true;
      }
      if (!stopped) {
        dueNanos += intervalNanos;
        loop.virtualClock().add(this);
      }
    }

    @Override
    public boolean cancel() {
      if (stopped) {
        return false;
      }
      stopped = true;
      super.cancel();
      return true;
    }

    @Override
    public boolean isCancelled() {
      return stopped;
    }
  }
}
