package dev.ksgx.trace.store;

import dev.ksgx.trace.log.LogIdentity;
import dev.ksgx.trace.log.LogReader;
import dev.ksgx.trace.log.TraceFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
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
 * when it is missing, or was made of another log than lies there now; README.md of this module has
 * its schema.
 */
public final class TraceStore implements AutoCloseable {
  /** Raised with every change of the tables; {@code from-N.sql} has what schema N lacks. */
  public static final int SCHEMA = 2;

  /** Key of the note that says of which log it was made. */
  static final String LOG_IDENTITY = "logIdentity";

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
   * Opens a trace, by its log or its database. A database that is not whole is built anew if its
   * log lies beside it.
   *
   * @throws TraceFileException if it is neither, or of a version that this cannot read
   * @throws TraceStoreException if the database cannot be written or read
   */
  public static TraceStore open(Path file, Progress progress) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new TraceFileException(file + ": is no regular file, expected a trace");
    }
    boolean isDatabase =
        Database.isOne(file) || Database.isNamedAsOne(file) && !LogReader.isLog(file);
    if (!isDatabase) {
      return ofLog(file, progress);
    }
    if (Database.isWhole(file)) {
      try {
        return read(file).completed();
      } catch (TraceStoreException e) {
        if (!Database.isDamage(e.problem())) {
          throw e;
        }
      }
    }
    Path log = Database.logOf(file);
    if (log == null) {
      throw new TraceFileException(
          file + ": is no whole database; take another copy, or the trace that it was made of");
    }
    return ofLog(log, progress);
  }

  /** Where the database of a log is, or will be. */
  public static Path database(Path log) {
    return log.resolveSibling(log.getFileName() + Database.SUFFIX);
  }

  private static TraceStore ofLog(Path log, Progress progress) throws IOException {
    Path database = database(log);
    TraceStore known = known(database, log);
    if (known != null) {
      return known;
    }
    build(log, database, progress);
    return read(database).completed();
  }

  /** The database of that log as it is now; null if it has to be built. */
  private static TraceStore known(Path database, Path log) throws IOException {
    if (!Files.exists(database)) {
      return null;
    }
    if (Files.isDirectory(database)) {
      throw new TraceFileException(
          database + ": is a directory, where the database of the trace belongs; move it away");
    }
    if (!Database.isWhole(database)) {
      return null;
    }
    TraceStore store;
    try {
      store = read(database);
    } catch (TraceStoreException e) {
      if (Database.isDamage(e.problem())) {
        return null;
      }
      throw e;
    }
    boolean isLater = store.schema() > SCHEMA;
    if (!isOlder(database, log) && (isLater || store.schema() == SCHEMA && store.isMadeOf(log))) {
      return store.completed();
    }
    store.close();
    return null;
  }

  /** Damage in the middle of a log does not change its identity, but its time. */
  private static boolean isOlder(Path database, Path log) throws IOException {
    return Files.getLastModifiedTime(database).compareTo(Files.getLastModifiedTime(log)) < 0;
  }

  private boolean isMadeOf(Path log) throws IOException {
    return LogIdentity.of(log).equals(notes.get(LOG_IDENTITY));
  }

  private static void build(Path log, Path database, Progress progress) throws IOException {
    if (!Files.isWritable(database.toAbsolutePath().getParent())) {
      throw new TraceFileException(
          database
              + ": cannot be made, its folder cannot be written to; copy the trace to one that can");
    }
    Path draft = Draft.of(database);
    try (LogReader reader = new LogReader(log)) {
      try (Connection connection = Database.create(draft);
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
      throw new TraceStoreException(database, e);
    } catch (TraceStoreException e) {
      throw new TraceStoreException(database, e.problem());
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

  /** Of any schema. */
  private static TraceStore read(Path database) throws IOException {
    try {
      TraceStore store = new TraceStore(database, Database.readOnly(database));
      try {
        store.readNotes();
      } catch (RuntimeException e) {
        store.close();
        throw e;
      }
      return store;
    } catch (SQLException e) {
      throw new TraceStoreException(database, e);
    }
  }

  private void readNotes() {
    List<Integer> tables =
        list("select 1 from sqlite_master where name = 'meta'", row -> row.getInt(1));
    if (tables.isEmpty()) {
      throw new TraceFileException(
          file + ": is a database, but not of a trace; a trace's has that name, so move it away");
    }
    for (String[] note :
        list(
            "select key, value from meta order by key",
            row -> new String[] {row.getString(1), row.getString(2)})) {
      notes.put(note[0], note[1]);
    }
  }

  /** The same, with what its schema lacks. */
  private TraceStore completed() throws IOException {
    int schema = schema();
    if (schema < 1 || schema > SCHEMA) {
      close();
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
      // Not even what was just made.
      statement.execute("pragma query_only = on");
      return this;
    } catch (SQLException e) {
      close();
      throw failure(e);
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

  /** What went wrong with a query, by the name of the file. */
  public TraceStoreException failure(SQLException problem) {
    return new TraceStoreException(file, problem);
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
      throw failure(e);
    }
  }

  /** A connection for one query, which can change no file and attach none. */
  public Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(e);
    }
  }
}
