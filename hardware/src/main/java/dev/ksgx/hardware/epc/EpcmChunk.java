package dev.ksgx.hardware.epc;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The EPCM entries of {@link #FRAMES} neighbouring frames, made when the first of them is touched.
 *
 * <p>Budget: at most 24 bytes a frame, access word included; the arrays below take 4 + 4 + 4 + 4 +
 * 8 = 24. What a page <em>holds</em> is not EPCM: the slots are made only for chunks in which some
 * frame holds something.
 */
final class EpcmChunk {
  static final int SHIFT = 10;
  static final int FRAMES = 1 << SHIFT;
  static final int BUDGET_BYTES = 24;

  /** {@link AccessWord}s. */
  final int[] access = new int[FRAMES];

  /** {@link EpcmState}s. */
  final int[] state = new int[FRAMES];

  /** Frame number of the owner's SECS; an SECS owns itself. */
  final int[] owner = new int[FRAMES];

  /**
   * Low 32 bits of the {@link TrackingState} epoch in which the page last came to need tracking.
   */
  final int[] epoch = new int[FRAMES];

  /** ENCLAVEADDRESS. */
  final long[] address = new long[FRAMES];

  /** Contents by frame, or null as long as all of them are zero (see {@link FrameContents}). */
  volatile AtomicReferenceArray<Object> slots;
}
