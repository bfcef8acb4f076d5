package dev.ksgx.hardware.image;

import dev.ksgx.hardware.structure.Bytes;

/**
 * What a page stream measures to.
 *
 * @param mrenclave MRENCLAVE of the enclave the stream builds, 32 bytes
 * @param ssaFrameSize SECS.SSAFRAMESIZE, pages
 * @param elrangeBytes SECS.SIZE, bytes
 * @param pages EADDs
 * @param pagesBeyondElrange EADDs outside SIZE, which the leaf refuses (isa.md 3.3, EADD step 13):
 *     if there are any, no enclave ever has this MRENCLAVE
 * @param measuredChunks EEXTENDs
 * @param unmeasuredChunks UNMEASRD blocks
 * @param streamBytes length of the stream once unpacked, bytes
 */
public record StreamMeasurement(
    Bytes mrenclave,
    int ssaFrameSize,
    long elrangeBytes,
    long pages,
    long pagesBeyondElrange,
    long measuredChunks,
    long unmeasuredChunks,
    long streamBytes) {

  /** 64-byte blocks that entered the measurement: 1 for ECREATE, 1 an EADD, 5 an EEXTEND. */
  public long blocks() {
    return 1 + pages + 5 * measuredChunks;
  }
}
