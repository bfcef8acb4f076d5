package dev.ksgx.trace.export;

/**
 * What is exported; null means any.
 *
 * @param request what serves that request
 * @param fromNanos what is handled then or later
 * @param toNanos what is handled then or earlier
 */
public record Selection(Long request, Long fromNanos, Long toNanos) {
  /** Everything. */
  public static final Selection ALL = new Selection(null, null, null);

  /** Whether something of that request, in that time, is in it. */
  boolean overlaps(long ofRequest, long start, long stop) {
    return (request == null || request == ofRequest)
        && (fromNanos == null || stop >= fromNanos)
        && (toNanos == null || start <= toNanos);
  }

  /** As a condition on these columns. */
  String where(String requestColumn, String startColumn, String stopColumn) {
    StringBuilder where = new StringBuilder("where 1");
    if (request != null) {
      where.append(" and ").append(requestColumn).append(" = ").append(request);
    }
    if (fromNanos != null) {
      where.append(" and ").append(stopColumn).append(" >= ").append(fromNanos);
    }
    if (toNanos != null) {
      where.append(" and ").append(startColumn).append(" <= ").append(toNanos);
    }
    return where.append(' ').toString();
  }
}
