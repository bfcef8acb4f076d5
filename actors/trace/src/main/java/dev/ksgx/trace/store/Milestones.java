package dev.ksgx.trace.store;

/**
 * Marks every thousandth message of a chain of causes, so that who asks for the ends of a long
 * chain need not walk it. Remembers the latest messages only: where a cause is older than that, or
 * not in the trace, counting begins anew, and who walks goes from there to the next milestone step
 * by step.
 */
final class Milestones {
  private static final int DISTANCE = 1_000;
  private static final int REMEMBERED = 1 << 18;

  private final Insert rows;
  private final long[] ids = new long[REMEMBERED];
  private final long[] above = new long[REMEMBERED];
  private final short[] steps = new short[REMEMBERED];

  Milestones(Insert rows) {
    this.rows = rows;
  }

  /** The next message; a root's chain ends with it, whatever set its timer. */
  void message(long id, long cause, boolean root) {
    int slot = (int) id & REMEMBERED - 1;
    int before = (int) cause & REMEMBERED - 1;
    boolean counts = !root && cause != 0 && ids[before] == cause;
    int far = counts ? steps[before] + 1 : 0;
    long from = counts ? above[before] : id;
    if (far == DISTANCE) {
      rows.row(id, from, far);
      far = 0;
      from = id;
    }
    ids[slot] = id;
    above[slot] = from;
    steps[slot] = (short) far;
  }
}
