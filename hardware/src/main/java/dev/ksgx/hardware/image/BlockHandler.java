package dev.ksgx.hardware.image;

import dev.ksgx.hardware.structure.SecInfo;

/** Receives the blocks of a stream in order; each has passed the {@link StreamRules}. */
interface BlockHandler {
  void ecreate(int ssaFrameSize, long sizeBytes);

  void eadd(long offset, SecInfo secInfo);

  /**
   * EEXTEND or UNMEASRD.
   *
   * @param offset of the chunk from the base of ELRANGE, bytes
   * @param data holds the chunk's 256 bytes from {@code at}; valid during the call
   * @throws ImageFormatException if the chunk contradicts an earlier one
   */
  void chunk(long offset, boolean measured, byte[] data, int at) throws ImageFormatException;
}
