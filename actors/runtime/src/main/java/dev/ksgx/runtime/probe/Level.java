package dev.ksgx.runtime.probe;

import java.util.function.LongSupplier;

/** A quantity over time: its present value, time-weighted mean, least and greatest value. */
public final class Level {
  private final String name;
  private final LongSupplier nowNanos;
  private final Listeners listeners;
  private long value;
  private long min;
  private long max;
  private long since;
  private long changed;
  private double integral;

  Level(String name, LongSupplier nowNanos, Listeners listeners) {
    this.name = name;
    this.listeners = listeners;
    this.nowNanos = nowNanos;
    reset();
  }

  public String name() {
    return name;
  }

  public void set(long newValue) {
    if (nowNanos == null) {
      return;
    }
    synchronized (listeners) {
      settle();
      if (newValue != value) {
        for (ProbeListener listener : listeners) {
          listener.level(this, newValue, changed);
        }
      }
      value = newValue;
      min = Math.min(min, newValue);
      max = Math.max(max, newValue);
    }
  }

  public void add(long delta) {
    synchronized (listeners) {
      set(value + delta);
    }
  }

  public long value() {
    synchronized (listeners) {
      return value;
    }
  }

  public long min() {
    synchronized (listeners) {
      return min;
    }
  }

  public long max() {
    synchronized (listeners) {
      return max;
    }
  }

  /** Time-weighted mean since the last reset; the present value if no time has passed. */
  public double mean() {
    if (nowNanos == null) {
      return 0;
    }
    synchronized (listeners) {
      settle();
      return changed == since ? value : integral / (changed - since);
    }
  }

  void reset() {
    since = nowNanos == null ? 0 : nowNanos.getAsLong();
    changed = since;
    integral = 0;
    min = value;
    max = value;
  }

  private void settle() {
    long now = nowNanos.getAsLong();
    integral += (double) value * (now - changed);
    changed = now;
  }
}
