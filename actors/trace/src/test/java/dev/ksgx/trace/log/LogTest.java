package dev.ksgx.trace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTest {
  private static final int MESSAGES = 3_000;

  @TempDir Path folder;

  /** Ids of the messages, and that fields come back as they were. */
  private static final class Ids implements TraceEvents {
    final List<Long> ids = new ArrayList<>();
    final List<String> names = new ArrayList<>();

    @Override
    public void name(Dictionary dictionary, int number, String name) {
      names.add(dictionary + " " + number + " " + name);
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
        int[] fields,
        long[] values) {
      assertThat(new long[] {cause, request, sender, receiver, sentNanos, handledNanos})
          .containsExactly(id - 1, 7, 1, 2, 10 * id, 11 * id);
      assertThat(fieldCount).isEqualTo((int) (id % 4));
      for (int i = 0; i < fieldCount; i++) {
        assertThat(values[i]).isEqualTo(-id - i);
      }
      ids.add(id);
    }
  }

  private Path written(long mostBytes) throws IOException {
    Path file = folder.resolve("log-" + mostBytes);
    try (LogWriter log = new LogWriter(file, mostBytes)) {
      write(log);
    }
    return file;
  }

  private static void write(LogWriter log) {
    log.name(TraceEvents.Dictionary.ACTOR, 1, "/user/\u00e4");
    for (long id = 1; id <= MESSAGES; id++) {
      long[] values = {-id, -id - 1, -id - 2};
      log.message(
          id, id - 1, 7, 1, 2, 10 * id, 11 * id, 3, 0, (int) (id % 4), new int[] {1, 2, 3}, values);
    }
  }

  private static Ids read(Path file) throws IOException {
    Ids ids = new Ids();
    try (LogReader reader = new LogReader(file)) {
      while (reader.next(ids)) {
        // block by block
      }
    }
    return ids;
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    Ids ids = read(written(Long.MAX_VALUE));
    assertThat(ids.names).containsExactly("ACTOR 1 /user/\u00e4");
    assertThat(ids.ids).hasSize(MESSAGES).startsWith(1L, 2L).endsWith((long) MESSAGES);
  }

  @Test
  void aLogCutOffAnywhereGivesItsWholeBlocks() throws IOException {
    byte[] whole = Files.readAllBytes(written(Long.MAX_VALUE));
    Path cut = folder.resolve("cut");
    int last = 0;
    for (int size = LogFormat.FILE_HEADER_BYTES; size <= whole.length; size += 4_999) {
      Files.write(cut, Arrays.copyOf(whole, size));
      int blocks = (size - LogFormat.FILE_HEADER_BYTES) / LogFormat.BLOCK_BYTES;
      int read = read(cut).ids.size();
      assertThat(read).as("%s bytes", size).isGreaterThanOrEqualTo(last);
      assertThat(read == 0).as("%s bytes", size).isEqualTo(blocks == 0);
      last = read;
    }
  }

  @Test
  void aDamagedBlockEndsTheLog() throws IOException {
    Path file = written(Long.MAX_VALUE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[LogFormat.FILE_HEADER_BYTES + LogFormat.BLOCK_BYTES + 500] ^= 1;
    Files.write(file, bytes);
    assertThat(read(file).ids).isNotEmpty().hasSizeLessThan(MESSAGES);
  }

  @Test
  void whatTheFileCannotTakeIsCounted() throws IOException {
    Path file = folder.resolve("small");
    LogWriter log = new LogWriter(file, 2 * LogFormat.BLOCK_BYTES);
    write(log);
    log.close();
    assertThat(log.dropped()).isPositive();
    assertThat(log.messages() + log.dropped()).isEqualTo(MESSAGES);
    assertThat((long) read(file).ids.size()).isEqualTo(log.messages());
    assertThat(Files.size(file)).isLessThanOrEqualTo(2 * LogFormat.BLOCK_BYTES);
  }

  @Test
  void aFileThatIsNoTraceIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("other"), "not a trace");
    assertThatThrownBy(() -> new LogReader(file))
        .isInstanceOf(TraceFileException.class)
        .hasMessageContaining("is no trace");
  }

  @Test
  void aLogOfALaterVersionIsRefusedByItsNumber() throws IOException {
    Path file = written(Long.MAX_VALUE);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).putInt(8, LogFormat.VERSION + 1);
    Files.write(file, bytes);
    assertThatThrownBy(() -> new LogReader(file))
        .isInstanceOf(TraceFileException.class)
        .hasMessageContaining("is a trace of format 3, this ksgx reads formats 1 to 2");
  }
}
