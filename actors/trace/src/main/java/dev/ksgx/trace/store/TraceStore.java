package dev.ksgx.trace.store;

import dev.ksgx.trace.log.LogReader;
import dev.ksgx.trace.log.TraceFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A trace that can be asked. The database lies beside the log, as {@code FILE.sqlite}, and is built
 * when it is missing or older than the log; README.md of this module has its schema.
 */
public final class TraceStore implements AutoCloseable {
  /** Raised with every change of the tables; {@code from-N.sql} has what schema N lacks. */
  public static final int SCHEMA = 2;

  private static final byte[] SQLITE = "SQLite format 3".getBytes(StandardCharsets.US_ASCII);

  /** Reads one row of an answer. */
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final Path file;
  private final Connection connection;
  private final Map<String, String> notes = new LinkedHashMap<>();

  private TraceStore(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens a trace, by its log or its database.
   *
   * @throws TraceFileException if it is neither, or of a version that this cannot read
   */
  public static TraceStore open(Path file, Progress progress) throws IOException {
    if (isDatabase(file)) {
      return connect(file);
    }
    Path database = file.resolveSibling(file.getFileName() + ".sqlite");
    if (Files.exists(database) && !isOlder(database, file)) {
      TraceStore store = connect(database);
      if (store.schema() == SCHEMA) {
        return store;
      }
      store.close();
    }
    build(file, database, progress);
    return connect(database);
  }

  private static boolean isDatabase(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return java.util.Arrays.equals(in.readNBytes(SQLITE.length), SQLITE);
    }
  }

  private static boolean isOlder(Path database, Path log) throws IOException {
    return Files.getLastModifiedTime(database).compareTo(Files.getLastModifiedTime(log)) < 0;
  }

  private static void build(Path log, Path database, Progress progress) throws IOException {
    Path draft = Draft.of(database);
    try (LogReader reader = new LogReader(log)) {
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + draft);
          Statement statement = connection.createStatement()) {
        // A draft that is thrown away when anything goes wrong needs no journal.
        statement.execute("pragma journal_mode = off");
        statement.execute("pragma synchronous = off");
        // Indexes are sorted in files: a long trace has no place in memory.
        statement.execute("pragma cache_size = -64000");
        run(statement, "schema.sql", 0, progress);
        connection.setAutoCommit(false);
        statement.execute("insert into meta values('schema', '" + SCHEMA + "')");
        Indexer.index(reader, connection, progress);
        connection.commit();
        run(statement, "indexes.sql", 0.8, progress);
        connection.commit();
      }
      Files.move(draft, database, StandardCopyOption.ATOMIC_MOVE);
    } catch (SQLException e) {
      throw new TraceStoreException(e);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void run(Statement statement, String script, double done, Progress progress)
      throws IOException, SQLException {
    try (InputStream in = TraceStore.class.getResourceAsStream(script)) {
      String[] parts = new String(in.readAllBytes(), StandardCharsets.UTF_8).split(";\\s*\\n");
      for (int i = 0; i < parts.length; i++) {
        statement.execute(parts[i]);
        if (done > 0) {
          progress.indexed(done + (1 - done) * (i + 1) / parts.length, 0);
        }
      }
    }
  }

  private static TraceStore connect(Path database) throws IOException {
    try {
      // Whatever is asked, nothing is changed.
      Connection connection =
          DriverManager.getConnection("jdbc:sqlite:file:" + database.toAbsolutePath() + "?mode=ro");
      TraceStore store = new TraceStore(database, connection);
      try {
        store.readNotes();
      } catch (RuntimeException | IOException e) {
        connection.close();
        throw e;
      }
      return store;
    } catch (SQLException e) {
      throw new TraceStoreException(e);
    }
  }

  private void readNotes() throws IOException {
    try {
      for (String[] note :
          list(
              "select key, value from meta order by key",
              row -> new String[] {row.getString(1), row.getString(2)})) {
        notes.put(note[0], note[1]);
      }
    } catch (TraceStoreException e) {
      throw new TraceFileException(file + ": is a database, but not of a trace");
    }
    int schema = schema();
    if (schema < 1 || schema > SCHEMA) {
      throw new TraceFileException(
          file
              + ": has schema "
              + notes.get("schema")
              + ", this ksgx reads schemas 1 to "
              + SCHEMA
              + "; delete it, and it is built anew from the trace beside it");
    }
    try (Statement statement = connection.createStatement()) {
      for (int lacking = schema; lacking < SCHEMA; lacking++) {
        run(statement, "from-" + lacking + ".sql", 0, Progress.NONE);
      }
    } catch (SQLException e) {
      throw new TraceStoreException(e);
    }
  }

  private int schema() {
    String schema = notes.getOrDefault("schema", "");
    return schema.matches("[0-9]{1,9}") ? Integer.parseInt(schema) : -1;
  }

  /** What the recording and the index say of themselves, by key. */
  public Map<String, String> notes() {
    return notes;
  }

  /** Answers of a query, in order. */
  public <T> List<T> list(String sql, Row<T> reader, Object... arguments) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      List<T> answers = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          answers.add(reader.read(rows));
        }
      }
      return answers;
    } catch (SQLException e) {
      throw new TraceStoreException(e);
    }
  }

  /** A connection for one query, which cannot change anything. */
  public Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new TraceStoreException(e);
    }
  }
}
