package dev.ksgx.load.statistics;

import java.util.HashMap;
import java.util.Map;

/**
 * The launch enclave's service as launches see it: from the grant of its mutex to the token. Kept
 * apart from the resource's own account, so that the two can be held against each other.
 */
public final class TokenService {
  /**
   * Services of a window.
   *
   * @param grants begun in it
   * @param nanos their length and that of services begun before, as far as it lies in the window
   */
  public record Figures(long grants, long nanos) {}

  private final Map<Long, Long> began = new HashMap<>();
  private long openedNanos;
  private long grants;
  private long nanos;

  /** The window opens: what lies before does not count. */
  void open(long nowNanos) {
    openedNanos = nowNanos;
    grants = 0;
    nanos = 0;
  }

  void granted(long request, long atNanos) {
    began.put(request, atNanos);
    if (atNanos >= openedNanos) {
      grants++;
    }
  }

  void over(long request, long atNanos) {
    Long from = began.remove(request);
    if (from != null) {
      nanos += atNanos - Math.max(from, openedNanos);
    }
  }

  /** The figures up to now, services in progress included. */
  public Figures figures(long nowNanos) {
    long sum = nanos;
    for (long from : began.values()) {
      sum += nowNanos - Math.max(from, openedNanos);
    }
    return new Figures(grants, sum);
  }
}
