package dev.ksgx.protocol.abi;

import dev.ksgx.hardware.structure.Bytes;

/**
 * Memory of the caller that an ioctl points to and that other threads may write meanwhile. What a
 * call works with is what was there when the driver copied it.
 */
@FunctionalInterface
public interface UserBuffer {
  /** copy_from_user: the bytes that are there now, all of one writing. */
  Bytes copy();
}
