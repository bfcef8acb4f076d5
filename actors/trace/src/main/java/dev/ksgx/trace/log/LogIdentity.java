package dev.ksgx.trace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells a log from others, and from itself before it grew, without reading all of it: its size, and
 * a digest of its header and of the headers of some blocks, evenly spread, the last among them. A
 * block's header has the checksum of the block.
 */
public final class LogIdentity {
  private static final int BLOCKS = 64;

  private LogIdentity() {}

  /** The identity of that file: its bytes, a colon, and a digest in hexadecimal digits. */
  public static String of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return of(channel);
    }
  }

  static String of(FileChannel channel) throws IOException {
    long size = channel.size();
    MessageDigest digest = sha256();
    add(channel, 0, LogFormat.FILE_HEADER_BYTES, digest);
    long blocks =
        Math.max(0, size - LogFormat.FILE_HEADER_BYTES + LogFormat.BLOCK_BYTES - 1)
            / LogFormat.BLOCK_BYTES;
    long taken = Math.min(blocks, BLOCKS);
    for (long i = 1; i <= taken; i++) {
      long block = i * blocks / taken - 1;
      long at = LogFormat.FILE_HEADER_BYTES + block * LogFormat.BLOCK_BYTES;
      add(channel, at, LogFormat.BLOCK_HEADER_BYTES, digest);
    }
    return size + ":" + HexFormat.of().formatHex(digest.digest());
  }

  private static void add(FileChannel channel, long at, int bytes, MessageDigest to)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {
      // a read may give less than asked for
    }
    to.update(buffer.flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
