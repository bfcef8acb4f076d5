package dev.ksgx.trace.store;

import java.nio.file.Path;
import java.sql.SQLException;

/** The database could not be written or read. The message is one line that names the file. */
public final class TraceStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SQLException problem;

  /** For {@link TraceStore}, which knows the file, to put better. */
  TraceStoreException(SQLException problem) {
    super(problem.getMessage(), problem);
    this.problem = problem;
  }

  /**
   * @param file the database
   */
  TraceStoreException(Path file, SQLException problem) {
    super(file + ": " + inWords(problem), problem);
    this.problem = problem;
  }

  SQLException problem() {
    return problem;
  }

  private static String inWords(SQLException problem) {
    return Database.isDamage(problem)
        ? "is damaged ("
            + problem.getMessage()
            + "); delete it: the next question to the trace that it was made of builds it anew"
        : problem.getMessage();
  }
}
