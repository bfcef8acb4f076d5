package dev.ksgx.runtime.clock;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;

/**
 * The clock of one actor system, in nanoseconds since the system's creation. In live mode it
 * follows the wall; in virtual mode it stands still while handlers run and jumps to the next timer
 * when nothing is ready.
 *
 * <p>Timers are one-shot messages. Timers due at the same instant fire in the order they were set
 * (virtual mode). A timer costs one object; Akka's own {@code TimerScheduler} works too, at about
 * twice the price per message.
 */
public interface Clock {

  /** Nanoseconds since the actor system was created; never falls. */
  long nowNanos();

  /**
   * Tells {@code message} to {@code to} at {@code whenNanos}; an instant in the past means now, but
   * always through the timer queue, never from inside this call.
   *
   * @return the timer; cancelling it after it fired does nothing and answers false
   */
  <T> Cancellable tellAt(long whenNanos, ActorRef<? super T> to, T message);

  /** As {@link #tellAt}, {@code delayNanos} from now; a negative delay counts as zero. */
  default <T> Cancellable tellAfter(long delayNanos, ActorRef<? super T> to, T message) {
    return tellAt(later(delayNanos), to, message);
  }

  /**
   * As {@link #tellAt}, for timers that go on for ever (samplers, watchdogs): a virtual run that
   * has nothing left but daemon timers is quiescent. In live mode the same as {@code tellAt}.
   */
  <T> Cancellable tellAtDaemon(long whenNanos, ActorRef<? super T> to, T message);

  /** As {@link #tellAtDaemon}, {@code delayNanos} from now. */
  default <T> Cancellable tellAfterDaemon(long delayNanos, ActorRef<? super T> to, T message) {
    return tellAtDaemon(later(delayNanos), to, message);
  }

  private long later(long delayNanos) {
    long now = nowNanos();
    if (delayNanos <= 0) {
      return now;
    }
    long when = now + delayNanos;
    return when < 0 ? Long.MAX_VALUE : when;
  }
}
