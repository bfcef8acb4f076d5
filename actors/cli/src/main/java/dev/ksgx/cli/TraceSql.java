package dev.ksgx.cli;

import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The database itself. */
@Command(
    name = "sql",
    description = {
      "Print the answer to one SQL query, columns separated by tabs. It begins with select, with or"
          + " values, or with explain before one of these; nothing can be changed.",
      "Views: messages(id, cause, request, sender, receiver, sent, handled, type, origin, fields),"
          + " requests(id, kind, number, planned, began, ended, latency), spans(id, request, kind,"
          + " resource, grp, holder, start, stop), holds(resource, grp, task, request, queued, start,"
          + " stop, open), states(id, actor, name, value, at, cause, request). Instants are nanoseconds."
    },
    mixinStandardHelpOptions = true)
final class TraceSql extends TraceQuestion {
  @Parameters(
      index = "1",
      paramLabel = "QUERY",
      description = "Such as: select type, count(*) from messages group by type")
  private String query;

  @Override
  public Integer call() throws IOException {
    SqlQuery.check(query);
    return super.call();
  }

  @Override
  void answer(TraceStore store, PrintWriter out) {
    try (Statement statement = store.connection().createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      int columns = rows.getMetaData().getColumnCount();
      for (int i = 1; i <= columns; i++) {
        out.print((i == 1 ? "" : "\t") + rows.getMetaData().getColumnLabel(i));
      }
      out.println();
      while (rows.next()) {
        for (int i = 1; i <= columns; i++) {
          out.print((i == 1 ? "" : "\t") + (rows.getString(i) == null ? "" : rows.getString(i)));
        }
        out.println();
      }
    } catch (SQLException e) {
      throw new BadInput("sql: " + Errors.oneLine(store.failure(e).getMessage()), e);
    }
  }
}
