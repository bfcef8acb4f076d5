package dev.ksgx.runtime.record;

/** What a thread is handling now: the cause of whatever is sent meanwhile. */
final class Cursor {
  private final long firstId;
  private long ids;
  Endpoint actor;
  long messageId;

  Cursor(long firstId) {
    this.firstId = firstId;
  }

  long nextId() {
    return firstId + ++ids;
  }
}
