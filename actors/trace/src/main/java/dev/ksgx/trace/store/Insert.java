package dev.ksgx.trace.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Adds rows to a table, several with one statement: a statement costs more than the few numbers of
 * a row.
 */
final class Insert implements AutoCloseable {
  private static final int ROWS = 50;

  private final Connection connection;
  private final String table;
  private final int columns;
  private final Object[] values;
  private final PreparedStatement whole;
  private int filled;

  Insert(Connection connection, String table, int columns) throws SQLException {
    this.connection = connection;
    this.table = table;
    this.columns = columns;
    this.values = new Object[ROWS * columns];
    this.whole = prepare(ROWS);
  }

  private PreparedStatement prepare(int rows) throws SQLException {
    String row = "(" + "?,".repeat(columns - 1) + "?)";
    return connection.prepareStatement(
        "insert or replace into " + table + " values" + (row + ",").repeat(rows - 1) + row);
  }

  /** Adds a row of numbers and texts. */
  void row(Object... row) {
    System.arraycopy(row, 0, values, filled, columns);
    filled += columns;
    if (filled == values.length) {
      try {
        execute(whole);
      } catch (SQLException e) {
        throw new TraceStoreException(e);
      }
    }
  }

  private void execute(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < filled; i++) {
      statement.setObject(i + 1, values[i]);
    }
    statement.execute();
    filled = 0;
  }

  /** Writes the rows that are left. */
  @Override
  public void close() throws SQLException {
    whole.close();
    if (filled > 0) {
      try (PreparedStatement rest = prepare(filled / columns)) {
        execute(rest);
      }
    }
  }
}
