package dev.ksgx.hardware.image;

import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects blocks into leaves. The content of a page is known only at the end, because its chunks
 * may come anywhere after its EADD, but the leaf EADD takes all of it at once.
 */
final class PageStreamLoader implements BlockHandler {
  private static final int PAGE = 4096;

  private final String where;
  private int ssaFrameSize;
  private long sizeBytes;

  /** Pages in order; an offset of a chunk stands where its EEXTEND stood. */
  private final List<Object> steps = new ArrayList<>();

  /** The page last added at an offset; looked up, never walked. */
  private final Map<Long, PageInProgress> pages = new HashMap<>();

  PageStreamLoader(String where) {
    this.where = where;
  }

  @Override
  public void ecreate(int frame, long size) {
    ssaFrameSize = frame;
    sizeBytes = size;
  }

  @Override
  public void eadd(long offset, SecInfo secInfo) {
    PageInProgress page = new PageInProgress(offset, secInfo);
    pages.put(offset, page);
    steps.add(page);
  }

  @Override
  public void chunk(long offset, boolean measured, byte[] data, int at)
      throws ImageFormatException {
    if (!pages.get(offset & -PAGE).accept((int) (offset & (PAGE - 1)), data, at)) {
      throw new ImageFormatException(
          where,
          "chunk 0x"
              + Long.toHexString(offset)
              + " is given twice with different bytes; expected the same");
    }
    if (measured) {
      steps.add(new PageStream.Extend(offset));
    }
  }

  PageStream finish() {
    List<PageStream.Step> leaves = new ArrayList<>(steps.size());
    for (Object step : steps) {
      leaves.add(step instanceof PageInProgress page ? page.toAdd() : (PageStream.Extend) step);
    }
    return new PageStream(where, ssaFrameSize, sizeBytes, leaves);
  }

  private static final class PageInProgress {
    private final long offset;
    private final SecInfo secInfo;

    /** Made with the first chunk. */
    private byte[] content;

    private int given;

    PageInProgress(long offset, SecInfo secInfo) {
      this.offset = offset;
      this.secInfo = secInfo;
    }

    /** Stores a chunk; false if other bytes are there already. */
    boolean accept(int pageOffset, byte[] data, int at) {
      if (content == null) {
        content = new byte[PAGE];
      }
      int bit = 1 << pageOffset / Measurement.CHUNK;
      if ((given & bit) != 0) {
        return Arrays.equals(
            content, pageOffset, pageOffset + Measurement.CHUNK, data, at, at + Measurement.CHUNK);
      }
      given |= bit;
      System.arraycopy(data, at, content, pageOffset, Measurement.CHUNK);
      return true;
    }

    PageStream.Add toAdd() {
      Bytes bytes = content == null ? Bytes.zeros(PAGE) : Bytes.copyOf(content);
      boolean blank = bytes.isZero(0, PAGE);
      return new PageStream.Add(offset, secInfo, blank ? Bytes.zeros(PAGE) : bytes);
    }
  }
}
