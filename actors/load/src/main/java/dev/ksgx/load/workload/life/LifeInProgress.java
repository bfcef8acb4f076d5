package dev.ksgx.load.workload.life;

import dev.ksgx.load.statistics.Launch;
import dev.ksgx.load.statistics.Life;
import dev.ksgx.load.statistics.LifePart;
import java.util.EnumMap;

/** What a process notes of the life that its enclave lives now. */
final class LifeInProgress {
  private final EnumMap<LifePart, Long> parts = new EnumMap<>(LifePart.class);
  private final long begunNanos;
  private long sinceNanos;
  private String outcome = Launch.OK;
  private String check = "";

  LifeInProgress(long nowNanos) {
    begunNanos = nowNanos;
    sinceNanos = nowNanos;
  }

  /** A part is over; the next one begins. */
  void over(LifePart part, long nowNanos) {
    parts.put(part, nowNanos - sinceNanos);
    sinceNanos = nowNanos;
  }

  /** The first failure of a life is its outcome. */
  void fail(String code, String why) {
    if (succeeds()) {
      outcome = code;
      check = why;
    }
  }

  boolean succeeds() {
    return outcome.equals(Launch.OK);
  }

  /** The whole life, which ends now. */
  Life ended(int group, int member, long nowNanos) {
    return new Life(group, member, begunNanos, nowNanos, parts, outcome, check);
  }
}
