package dev.ksgx.runtime.probe;

import java.util.function.LongSupplier;

/**
 * What an actor is in: a phase, a flag, whose turn it is. Its actor sets it while it handles a
 * message; the listeners hear of changes alone. Where nothing is measured it does nothing.
 */
public final class State {
  /** Nobody listens. */
  static final State OFF = new State("", null, Listeners.NONE);

  private final String name;
  private final LongSupplier nowNanos;
  private final Listeners listeners;
  private boolean known;
  private String value;
  private long number;

  State(String name, LongSupplier nowNanos, Listeners listeners) {
    this.name = name;
    this.nowNanos = nowNanos;
    this.listeners = listeners;
  }

  /** Of what, e.g. "life"; unique in its actor. */
  public String name() {
    return name;
  }

  /**
   * It is that now.
   *
   * @param constant one of a closed list of the model's
   */
  public void set(String constant) {
    if (nowNanos != null && !(known && constant.equals(value))) {
      change(true, constant, 0);
    }
  }

  /** It is that now: a small number such as a task's, never a secret. */
  public void set(long newNumber) {
    if (nowNanos != null && !(known && value == null && number == newNumber)) {
      change(true, null, newNumber);
    }
  }

  /** Whatever it was, it is no more: the actor, or what the state is of, has ended. */
  public void end() {
    if (known) {
      change(false, null, 0);
    }
  }

  private void change(boolean nowKnown, String newValue, long newNumber) {
    known = nowKnown;
    value = newValue;
    number = newNumber;
    synchronized (listeners) {
      long now = nowNanos.getAsLong();
      for (ProbeListener listener : listeners) {
        listener.state(this, now);
      }
    }
  }

  /** Whether there is a value; none before the first and after the end. */
  public boolean isKnown() {
    return known;
  }

  /** The constant; null if it is a number or not known. */
  public String value() {
    return value;
  }

  /** The number; 0 if it is a constant. */
  public long number() {
    return number;
  }
}
