package dev.ksgx.load.statistics;

/** A number of things over time and its exact integral, in thing-nanoseconds, over a window. */
final class Population {
  private long number;
  private long atOpening;
  private long since;
  private long integral;

  /** The window opens: integration starts anew from the present number. */
  void open(long nowNanos) {
    since = nowNanos;
    integral = 0;
    atOpening = number;
  }

  void change(long delta, long nowNanos) {
    settle(nowNanos);
    number += delta;
  }

  long number() {
    return number;
  }

  /** The number when the window opened. */
  long atOpening() {
    return atOpening;
  }

  /** Integral from the window's opening to {@code nowNanos}. */
  long integral(long nowNanos) {
    settle(nowNanos);
    return integral;
  }

  private void settle(long nowNanos) {
    integral += number * (nowNanos - since);
    since = nowNanos;
  }
}
