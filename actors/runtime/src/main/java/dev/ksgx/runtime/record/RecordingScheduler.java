package dev.ksgx.runtime.record;

import akka.actor.Cancellable;
import akka.actor.LightArrayRevolverScheduler;
import akka.actor.Scheduler;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * Akka's own scheduler for a live system that is recorded: what a timer sends has the message that
 * set the timer as its cause, on every tick. Configured as {@code akka.scheduler.implementation}.
 */
public final class RecordingScheduler extends LightArrayRevolverScheduler {
  private volatile UnaryOperator<Runnable> carrier = UnaryOperator.identity();

  /** Called by Akka. */
  public RecordingScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
    super(config, log, threads);
  }

  /** Asked when a timer is set for what is to run when it fires. */
  void carry(UnaryOperator<Runnable> newCarrier) {
    carrier = newCarrier;
  }

  /** What ends the dispatchers has to be known for that when the scheduler is closed. */
  private Runnable carried(Runnable runnable) {
    return runnable instanceof Scheduler.TaskRunOnClose ? runnable : carrier.apply(runnable);
  }

  @Override
  public Cancellable scheduleOnce(
      FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
    return super.scheduleOnce(delay, carried(runnable), executor);
  }

  @Override
  public Cancellable scheduleWithFixedDelay(
      FiniteDuration initialDelay,
      FiniteDuration delay,
      Runnable runnable,
      ExecutionContext executor) {
    return super.scheduleWithFixedDelay(initialDelay, delay, carried(runnable), executor);
  }

  /** At a fixed rate, under its old name. */
  @Override
  @SuppressWarnings("deprecation")
  public Cancellable schedule(
      FiniteDuration initialDelay,
      FiniteDuration interval,
      Runnable runnable,
      ExecutionContext executor) {
    return super.schedule(initialDelay, interval, carried(runnable), executor);
  }
}
