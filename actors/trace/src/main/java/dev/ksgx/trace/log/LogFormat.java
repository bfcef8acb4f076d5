package dev.ksgx.trace.log;

/** Sizes and tags of the log, all numbers big-endian. */
final class LogFormat {
  /** "KSGXTRCE". */
  static final long MAGIC = 0x4B53475854524345L;

  /** Raised when a reader of the version before could not read it; a reader reads all before. */
  static final int VERSION = 2;

  static final int FILE_HEADER_BYTES = 64;

  /**
   * Where the header says how many messages the file could not take (8), 0 at first. It has its
   * place on a full disk, too.
   */
  static final int DROPPED_AT = 16;

  static final int BLOCK_BYTES = 1 << 16;

  /**
   * Magic (4), sequence (4), bytes used (4), CRC-32C of the cells used (4), messages dropped (8).
   */
  static final int BLOCK_HEADER_BYTES = 32;

  static final int BLOCK_MAGIC = 0x424C4B31;
  static final int CELL = 16;
  static final int BLOCK_ROOM = BLOCK_BYTES - BLOCK_HEADER_BYTES;

  /** Most fields of one message that are kept. */
  static final int MOST_FIELDS = 1024;

  /** Longest name in bytes. */
  static final int LONGEST_NAME = 4096;

  static final byte DEFINE = 1;
  static final byte MESSAGE = 2;
  static final byte INTERVAL = 3;
  static final byte HOLD = 4;
  static final byte SPENT = 5;
  static final byte MARK = 6;
  static final byte BEGIN = 7;
  static final byte DONE = 8;
  static final byte LEVEL = 9;
  static final byte RESOURCE = 10;

  /** Since version 2. */
  static final byte STATE = 11;

  static final byte IN_HAND = 12;

  private LogFormat() {}

  static int cells(int bytes) {
    return (bytes + CELL - 1) / CELL * CELL;
  }
}
