package dev.ksgx.trace.store;

import java.sql.SQLException;

/** The database could not be written or read. */
public final class TraceStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TraceStoreException(SQLException cause) {
    super(cause.getMessage(), cause);
  }
}
