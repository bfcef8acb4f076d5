package dev.ksgx.trace.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/** The SQLite file of a trace: where it is, how it is opened, and whether it is whole. */
final class Database {
  static final String SUFFIX = ".sqlite";
  private static final byte[] MAGIC = "SQLite format 3".getBytes(StandardCharsets.US_ASCII);

  /** In the file's header (sqlite.org/fileformat2.html 1.3): size of a page, pages. */
  private static final int HEADER_BYTES = 100;

  private static final int PAGE_BYTES_AT = 16;
  private static final int PAGES_AT = 28;

  private Database() {}

  /** The log that a database was made of, if it lies where it should; otherwise null. */
  static Path logOf(Path database) {
    String name = database.getFileName().toString();
    if (!isNamedAsOne(database) || name.equals(SUFFIX)) {
      return null;
    }
    Path log = database.resolveSibling(name.substring(0, name.length() - SUFFIX.length()));
    return Files.isRegularFile(log) ? log : null;
  }

  static boolean isNamedAsOne(Path file) {
    return file.getFileName().toString().endsWith(SUFFIX);
  }

  /** Whether a file says of itself that it is a database. */
  static boolean isOne(Path file) throws IOException {
    ByteBuffer header = header(file);
    return Arrays.equals(header.array(), 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** Whether a file has all pages that it says it has; a page may yet be damaged. */
  static boolean isWhole(Path file) throws IOException {
    ByteBuffer header = header(file);
    int size = Short.toUnsignedInt(header.getShort(PAGE_BYTES_AT));
    // 1 stands for 65,536, which is no number of two bytes.
    long pageBytes = size == 1 ? 1 << 16 : size;
    long pages = Integer.toUnsignedLong(header.getInt(PAGES_AT));
    return isOne(file) && pages > 0 && Files.size(file) >= pages * pageBytes;
  }

  private static ByteBuffer header(Path file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(header, 0);
    }
    return header;
  }

  /** A new file to be filled. */
  static Connection create(Path file) throws SQLException {
    return DriverManager.getConnection(url(file, "rwc"));
  }

  /** Whatever is asked, nothing is changed, and no other file is made. */
  static Connection readOnly(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setPragma(SQLiteConfig.Pragma.LIMIT_ATTACHED, "0");
    return DriverManager.getConnection(url(file, "ro"), config.toProperties());
  }

  /** The path is escaped: to the driver and to SQLite, ?, # and % in a name are syntax. */
  private static String url(Path file, String mode) {
    return "jdbc:sqlite:file:" + file.toUri().getRawPath() + "?mode=" + mode;
  }

  /** Whether SQLite found that the file is not as it was written. */
  static boolean isDamage(SQLException problem) {
    int primary = problem.getErrorCode() & 0xff;
    return primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code;
  }
}
