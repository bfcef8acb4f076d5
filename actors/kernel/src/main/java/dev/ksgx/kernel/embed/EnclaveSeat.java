package dev.ksgx.kernel.embed;

/** What the gateway, and nobody else, knows of one launched enclave. */
final class EnclaveSeat {
  final ProcessSeat process;
  final long base;
  final long bytes;

  /** The range may be another enclave's by now. */
  boolean unmapped;

  EnclaveSeat(ProcessSeat process, long base, long bytes) {
    this.process = process;
    this.base = base;
    this.bytes = bytes;
  }
}
