package dev.ksgx.trace.log;

import static dev.ksgx.trace.log.LogFormat.CELL;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Writes a log block by block; holds one block in memory. A block that cannot be written any more,
 * because the disk is full or the log has its greatest size, is lost: its messages are counted, and
 * so are all that follow.
 */
public final class LogWriter implements TraceEvents, Closeable {
  private final FileChannel channel;
  private final long mostBytes;
  private final ByteBuffer block = ByteBuffer.allocate(LogFormat.BLOCK_BYTES);
  private final CRC32C crc = new CRC32C();
  private long written;
  private int sequence;
  private long messagesInBlock;
  private long messages;
  private long dropped;
  private boolean full;
  private IOException failure;

  /**
   * @param mostBytes greatest size of the file
   * @throws IOException if the file cannot be made; it names the file
   */
  public LogWriter(Path file, long mostBytes) throws IOException {
    this.channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    this.mostBytes = mostBytes;
    ByteBuffer header = ByteBuffer.allocate(LogFormat.FILE_HEADER_BYTES);
    header.putLong(LogFormat.MAGIC).putInt(LogFormat.VERSION).putInt(LogFormat.BLOCK_BYTES);
    header.position(LogFormat.FILE_HEADER_BYTES).flip();
    try {
      while (header.hasRemaining()) {
        written += channel.write(header);
      }
    } catch (IOException e) {
      channel.close();
      throw new FileSystemException(file.toString(), null, e.getMessage());
    }
    block.position(LogFormat.BLOCK_HEADER_BYTES);
  }

  /** Messages in the file, or still to be written. */
  public long messages() {
    return messages;
  }

  /** Messages lost, because the file could not take them. */
  public long dropped() {
    return dropped;
  }

  /** Why messages were lost; null if none were or the file has its greatest size. */
  public IOException failure() {
    return failure;
  }

  @Override
  public void name(Dictionary dictionary, int number, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, LogFormat.LONGEST_NAME);
    room(CELL + LogFormat.cells(length));
    block.put(LogFormat.DEFINE).put((byte) dictionary.ordinal()).putShort((short) length);
    block.putInt(number).putLong(0);
    text(bytes, length);
  }

  @Override
  public void resource(int number, String name, String group, int capacity) {
    byte[] bytes = (name + '\n' + group).getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, LogFormat.LONGEST_NAME);
    room(CELL + LogFormat.cells(length));
    block.put(LogFormat.RESOURCE).put((byte) 0).putShort((short) length);
    block.putInt(number).putLong(capacity);
    text(bytes, length);
  }

  private void text(byte[] bytes, int length) {
    int end = block.position() + LogFormat.cells(length);
    block.put(bytes, 0, length);
    Arrays.fill(block.array(), block.position(), end, (byte) 0);
    block.position(end);
  }

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
    int fields = Math.min(fieldCount, LogFormat.MOST_FIELDS);
    room(4 * CELL + fields * CELL);
    head(LogFormat.MESSAGE, fields, type).putLong(id);
    block.putLong(cause).putLong(request);
    block.putInt(sender).putInt(receiver).putLong(sentNanos);
    block.putLong(handledNanos).putInt(origin).putInt(0);
    for (int i = 0; i < fields; i++) {
      block.putInt(names[i]).putInt(0).putLong(values[i]);
    }
    messagesInBlock++;
    messages++;
  }

  @Override
  public void interval(
      long request, boolean waited, int resource, long holder, long fromNanos, long toNanos) {
    room(3 * CELL);
    head(LogFormat.INTERVAL, waited ? 1 : 0, resource).putLong(request);
    block.putLong(holder).putLong(fromNanos).putLong(toNanos).putLong(0);
  }

  @Override
  public void hold(
      int resource,
      long task,
      long request,
      long queuedNanos,
      long fromNanos,
      long toNanos,
      boolean open) {
    room(3 * CELL);
    head(LogFormat.HOLD, open ? 1 : 0, resource).putLong(request);
    block.putLong(task).putLong(queuedNanos).putLong(fromNanos).putLong(toNanos);
  }

  @Override
  public void spent(long request, int label, long nanos) {
    room(2 * CELL);
    head(LogFormat.SPENT, 0, label).putLong(request).putLong(nanos).putLong(0);
  }

  @Override
  public void mark(long request, int label, long atNanos) {
    room(2 * CELL);
    head(LogFormat.MARK, 0, label).putLong(request).putLong(atNanos).putLong(0);
  }

  @Override
  public void begun(long request, int kind, long number, long plannedNanos) {
    room(2 * CELL);
    head(LogFormat.BEGIN, 0, kind).putLong(request).putLong(number).putLong(plannedNanos);
  }

  @Override
  public void inHand(long request, long other, long fromNanos, long toNanos) {
    room(3 * CELL);
    head(LogFormat.IN_HAND, 0, 0).putLong(request).putLong(other);
    block.putLong(fromNanos).putLong(toNanos).putLong(0);
  }

  @Override
  public void done(long request, long fromNanos, long toNanos) {
    room(2 * CELL);
    head(LogFormat.DONE, 0, 0).putLong(request).putLong(fromNanos).putLong(toNanos);
  }

  @Override
  public void level(int level, long value, long atNanos) {
    room(2 * CELL);
    head(LogFormat.LEVEL, 0, level).putLong(value).putLong(atNanos).putLong(0);
  }

  @Override
  public void state(
      int actor, int name, Value kind, long value, long atNanos, long cause, long request) {
    room(3 * CELL);
    head(LogFormat.STATE, kind.ordinal(), actor).putLong(cause).putLong(request);
    block.putLong(atNanos).putInt(name).putInt(0).putLong(value);
  }

  private ByteBuffer head(byte tag, int small, int number) {
    return block.put(tag).put((byte) 0).putShort((short) small).putInt(number);
  }

  private void room(int bytes) {
    if (block.remaining() < bytes) {
      flush();
    }
  }

  private void flush() {
    int used = block.position();
    if (used > LogFormat.BLOCK_HEADER_BYTES) {
      full |= written + LogFormat.BLOCK_BYTES > mostBytes;
      if (full || !write(used)) {
        full = true;
        dropped += messagesInBlock;
        messages -= messagesInBlock;
        tellDropped();
      }
      messagesInBlock = 0;
    }
    block.clear().position(LogFormat.BLOCK_HEADER_BYTES);
  }

  private boolean write(int used) {
    byte[] bytes = block.array();
    crc.reset();
    crc.update(bytes, LogFormat.BLOCK_HEADER_BYTES, used - LogFormat.BLOCK_HEADER_BYTES);
    Arrays.fill(bytes, used, bytes.length, (byte) 0);
    block.clear();
    block.putInt(LogFormat.BLOCK_MAGIC).putInt(sequence++).putInt(used);
    block.putInt((int) crc.getValue()).putLong(dropped).putLong(0).position(0);
    try {
      while (block.hasRemaining()) {
        written += channel.write(block);
      }
      return true;
    } catch (IOException e) {
      failure = e;
      return false;
    }
  }

  /** No block can say it any more, and a file that was allocated can still be overwritten. */
  private void tellDropped() {
    try {
      channel.write(ByteBuffer.allocate(Long.BYTES).putLong(0, dropped), LogFormat.DROPPED_AT);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
  }

  /** Writes the last block. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      flush();
      channel.close();
    }
  }
}
