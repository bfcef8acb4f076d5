package dev.ksgx.runtime.record;

/**
 * A message while it is handled: what is sent or scheduled meanwhile is its effect, and serves the
 * same request unless it says otherwise.
 */
public final class Cause {
  /** Nobody handles anything: a call from outside the system. */
  public static final Cause OUTSIDE = new Cause(0, null, 0);

  private final long id;
  private final Endpoint actor;
  private long request;

  Cause(long id, Endpoint actor, long request) {
    this.id = id;
    this.actor = actor;
    this.request = request;
  }

  /** The message; 0 if there is none. */
  public long id() {
    return id;
  }

  /** Who handles it; null if nobody. */
  public Endpoint actor() {
    return actor;
  }

  /** On whose behalf, as far as a {@link RunRecorder} told; 0 if nobody's. */
  public long request() {
    return request;
  }

  void serve(long newRequest) {
    if (id != 0) {
      request = newRequest;
    }
  }
}
