package dev.ksgx.trace.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Reads the whole blocks of a log, in order, up to the first that is cut off or damaged: what a
 * killed run leaves behind can be read.
 */
public final class LogReader implements Closeable {
  private static final TraceEvents.Dictionary[] DICTIONARIES = TraceEvents.Dictionary.values();

  private static final TraceEvents.Value[] VALUES = TraceEvents.Value.values();

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer block = ByteBuffer.allocate(LogFormat.BLOCK_BYTES);
  private final int[] names = new int[LogFormat.MOST_FIELDS];
  private final long[] values = new long[LogFormat.MOST_FIELDS];
  private final CRC32C crc = new CRC32C();
  private final String identity;
  private final long dropped;
  private int blocks;
  private long read;
  private boolean damaged;

  /**
   * @throws TraceFileException if it is no log, or one of a version this cannot read
   */
  public LogReader(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file);
    try {
      ByteBuffer header = ByteBuffer.allocate(LogFormat.FILE_HEADER_BYTES);
      fill(header);
      if (header.position() < header.capacity() || header.getLong(0) != LogFormat.MAGIC) {
        throw new TraceFileException(file + ": is no trace of ksgx run --trace");
      }
      int version = header.getInt(8);
      if (version < 1 || version > LogFormat.VERSION) {
        throw new TraceFileException(
            file
                + ": is a trace of format "
                + version
                + ", this ksgx reads formats 1 to "
                + LogFormat.VERSION);
      }
      if (header.getInt(12) != LogFormat.BLOCK_BYTES) {
        throw new TraceFileException(file + ": has blocks of " + header.getInt(12) + " bytes");
      }
      read = LogFormat.FILE_HEADER_BYTES;
      dropped = header.getLong(LogFormat.DROPPED_AT);
      identity = LogIdentity.of(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether that file begins as a log does. */
  public static boolean isLog(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer magic = ByteBuffer.allocate(Long.BYTES);
      return channel.read(magic, 0) == Long.BYTES && magic.getLong(0) == LogFormat.MAGIC;
    }
  }

  /** Tells the events of the next whole block; false if there is none. */
  public boolean next(TraceEvents to) throws IOException {
    if (damaged || !fillBlock()) {
      return false;
    }
    damaged = !isWhole();
    if (damaged) {
      return false;
    }
    tell(to);
    read += LogFormat.BLOCK_BYTES;
    return true;
  }

  private boolean fillBlock() throws IOException {
    block.clear();
    fill(block);
    return block.position() == LogFormat.BLOCK_BYTES;
  }

  private boolean isWhole() {
    int used = block.getInt(8);
    if (block.getInt(0) != LogFormat.BLOCK_MAGIC
        || block.getInt(4) != blocks
        || used < LogFormat.BLOCK_HEADER_BYTES
        || used > LogFormat.BLOCK_BYTES) {
      return false;
    }
    crc.reset();
    crc.update(block.array(), LogFormat.BLOCK_HEADER_BYTES, used - LogFormat.BLOCK_HEADER_BYTES);
    return (int) crc.getValue() == block.getInt(12);
  }

  private void tell(TraceEvents to) {
    block.limit(block.getInt(8)).position(LogFormat.BLOCK_HEADER_BYTES);
    while (block.hasRemaining()) {
      row(to);
    }
    blocks++;
  }

  /**
   * Whether there is no next block because the next one is damaged, or is none; not if the file
   * ends there, as that of a killed run does.
   */
  public boolean isDamaged() {
    return damaged;
  }

  /**
   * Messages in the whole blocks behind the damaged one. They cannot be told: the names that the
   * damaged one may define are missing.
   */
  public long messagesBehindDamage() throws IOException {
    long[] count = new long[1];
    TraceEvents counter =
        new TraceEvents() {
          @Override
          public void message(
              long id,
              long cause,
              long request,
              int sender,
              int receiver,
              long sentNanos,
              long handledNanos,
              int type,
              int origin,
              int fieldCount,
              int[] names,
              long[] values) {
            count[0]++;
          }
        };
    blocks++;
    while (fillBlock()) {
      if (isWhole()) {
        tell(counter);
      } else {
        blocks++;
      }
    }
    return count[0];
  }

  /** What the file was when it was opened ({@link LogIdentity}). */
  public String identity() {
    return identity;
  }

  /** Messages that the file could not take, as far as it could be told in it. */
  public long dropped() {
    return dropped;
  }

  /** Bytes of the file that were read as whole blocks, the header included. */
  public long readBytes() {
    return read;
  }

  /** Bytes of the file. */
  public long sizeBytes() throws IOException {
    return channel.size();
  }

  private void row(TraceEvents to) {
    byte tag = block.get();
    int dictionary = block.get();
    int small = Short.toUnsignedInt(block.getShort());
    int number = block.getInt();
    long first = block.getLong();
    switch (tag) {
      case LogFormat.DEFINE -> to.name(DICTIONARIES[dictionary], number, text(small));
      case LogFormat.RESOURCE -> {
        String[] parts = text(small).split("\n", 2);
        to.resource(number, parts[0], parts.length == 2 ? parts[1] : parts[0], (int) first);
      }
      case LogFormat.MESSAGE -> message(to, first, small, number);
      case LogFormat.INTERVAL -> {
        long holder = block.getLong();
        long from = block.getLong();
        to.interval(first, small == 1, number, holder, from, block.getLong());
        block.getLong();
      }
      case LogFormat.HOLD -> {
        long task = block.getLong();
        long queued = block.getLong();
        long from = block.getLong();
        to.hold(number, task, first, queued, from, block.getLong(), small == 1);
      }
      case LogFormat.SPENT -> to.spent(first, number, pair());
      case LogFormat.MARK -> to.mark(first, number, pair());
      case LogFormat.BEGIN -> to.begun(first, number, block.getLong(), block.getLong());
      case LogFormat.IN_HAND -> {
        long other = block.getLong();
        long from = block.getLong();
        to.inHand(first, other, from, block.getLong());
        block.getLong();
      }
      case LogFormat.DONE -> to.done(first, block.getLong(), block.getLong());
      case LogFormat.LEVEL -> to.level(number, first, pair());
      case LogFormat.STATE -> {
        long request = block.getLong();
        long at = block.getLong();
        int name = block.getInt();
        block.getInt();
        to.state(number, name, VALUES[small], block.getLong(), at, first, request);
      }
      default ->
          throw new TraceFileException(file + ": block " + blocks + " has a row of kind " + tag);
    }
  }

  private long pair() {
    long value = block.getLong();
    block.getLong();
    return value;
  }

  private String text(int length) {
    int at = block.position();
    block.position(at + LogFormat.cells(length));
    return new String(block.array(), at, length, StandardCharsets.UTF_8);
  }

  private void message(TraceEvents to, long id, int fields, int type) {
    long cause = block.getLong();
    long request = block.getLong();
    int sender = block.getInt();
    int receiver = block.getInt();
    long sent = block.getLong();
    long handled = block.getLong();
    int origin = block.getInt();
    block.getInt();
    for (int i = 0; i < fields; i++) {
      names[i] = block.getInt();
      block.getInt();
      values[i] = block.getLong();
    }
    to.message(
        id, cause, request, sender, receiver, sent, handled, type, origin, fields, names, values);
  }

  private void fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // a read may give less than asked for
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
