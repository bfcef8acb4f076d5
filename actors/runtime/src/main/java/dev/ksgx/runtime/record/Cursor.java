package dev.ksgx.runtime.record;

/** What a thread is handling now: the cause of whatever is sent meanwhile. */
final class Cursor {
  private final long firstId;
  private long ids;
  Cause handling = Cause.OUTSIDE;

  Cursor(long firstId) {
    this.firstId = firstId;
  }

  /** Begins to handle the next message. */
  Cause begin(Endpoint actor, Cause cause) {
    handling = new Cause(nextId(), actor, cause.request());
    return handling;
  }

  long nextId() {
    return firstId + ++ids;
  }
}
