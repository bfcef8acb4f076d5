package dev.ksgx.runtime.failure;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.Signal;
import akka.actor.typed.TypedActorContext;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.record.Recorder;

/**
 * Posts what a behaviour throws, tells the recorder, and lets it fly on. Live mode's way of
 * learning of failures.
 */
public final class FailureReporter<T> extends BehaviorInterceptor<T, T> {
  private final FailureBoard board;
  private final Clock clock;

  @SuppressWarnings("unchecked") // every message passes, whatever its class
  public FailureReporter(FailureBoard board, Clock clock) {
    super((Class<T>) Object.class);
    this.board = board;
    this.clock = clock;
  }

  @Override
  public Behavior<T> aroundStart(TypedActorContext<T> context, PreStartTarget<T> target) {
    try {
      return target.start(context);
    } catch (RuntimeException | Error e) {
      post(context, e);
      throw e;
    }
  }

  @Override
  public Behavior<T> aroundReceive(
      TypedActorContext<T> context, T message, ReceiveTarget<T> target) {
    try {
      return target.apply(context, message);
    } catch (RuntimeException | Error e) {
      post(context, e);
      throw e;
    }
  }

  @Override
  public Behavior<T> aroundSignal(
      TypedActorContext<T> context, Signal signal, SignalTarget<T> target) {
    try {
      return target.apply(context, signal);
    } catch (RuntimeException | Error e) {
      post(context, e);
      throw e;
    }
  }

  private void post(TypedActorContext<T> context, Throwable cause) {
    String path = context.asJava().getSelf().path().toStringWithoutAddress();
    Recorder.get(context.asJava().getSystem()).failed(path, cause);
    board.post(new Failure(path, cause, clock.nowNanos()));
  }
}
