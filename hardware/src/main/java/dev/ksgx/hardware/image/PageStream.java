package dev.ksgx.hardware.image;

import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SigStruct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An enclave as the sequence of leaves that builds it: ECREATE, then {@link Add} and {@link Extend}
 * steps in the order of the stream, which is the order that MRENCLAVE depends on.
 *
 * @param source names the stream in errors
 * @param ssaFrameSize SECS.SSAFRAMESIZE, pages
 * @param sizeBytes SECS.SIZE, bytes
 * @param steps the leaves after ECREATE
 */
public record PageStream(String source, int ssaFrameSize, long sizeBytes, List<Step> steps) {
  /** One leaf. */
  public sealed interface Step permits Add, Extend {
    /** Offset of the page or chunk from the base of ELRANGE, bytes. */
    long offset();
  }

  /** EADD of a page with its whole content, 4096 bytes; bytes that nobody gave are zero. */
  public record Add(long offset, SecInfo secInfo, Bytes content) implements Step {}

  /** EEXTEND of the 256 bytes at {@code offset}. */
  public record Extend(long offset) implements Step {}

  private static final int PAGE = 4096;

  public PageStream {
    steps = List.copyOf(steps);
  }

  /** MRENCLAVE of the enclave these leaves build. */
  public Bytes mrenclave() {
    Measurement measurement = Measurement.ecreate(ssaFrameSize, sizeBytes);
    Map<Long, Bytes> contents = new HashMap<>();
    for (Step step : steps) {
      if (step instanceof Add add) {
        measurement.eadd(add.offset, add.secInfo);
        contents.put(add.offset, add.content);
      } else {
        long page = step.offset() & -PAGE;
        measurement.eextend(page, contents.get(page), (int) (step.offset() - page));
      }
    }
    return measurement.finish();
  }

  /**
   * The same enclave as an image for loaders, with the ATTRIBUTES and MISCSELECT that {@code
   * sigStruct} asks for.
   *
   * @throws ImageFormatException if the ADD_PAGE ioctl cannot express the stream; see {@link
   *     #toImage(String, Attributes, int)}
   */
  public EnclaveImage toImage(String name, SigStruct sigStruct) throws ImageFormatException {
    return toImage(name, sigStruct.attributes(), sigStruct.miscSelect());
  }

  /**
   * The same enclave as an image for loaders. The ADD_PAGE ioctl adds a page and then measures the
   * chunks named by a mask, ascending; an image is made of such steps.
   *
   * @throws ImageFormatException in one line that names the step, if a page lies beyond ELRANGE or
   *     is added twice, or a chunk is measured apart from its page, out of order or twice
   */
  public EnclaveImage toImage(String name, Attributes attributes, int miscSelect)
      throws ImageFormatException {
    EnclaveImage.Builder image =
        EnclaveImage.builder(name)
            .sizeBytes(sizeBytes)
            .ssaFrameSize(ssaFrameSize)
            .attributes(attributes)
            .miscSelect(miscSelect);
    for (EnclaveImage.Page page : pages()) {
      image.page(page.offset(), page.secInfo(), page.content(), page.mrmask());
    }
    return image.build();
  }

  private List<EnclaveImage.Page> pages() throws ImageFormatException {
    List<EnclaveImage.Page> pages = new ArrayList<>();
    Set<Long> added = new HashSet<>();
    for (int i = 0; i < steps.size(); ) {
      // The reader lets no chunk come before the first page, so a step that is left here is an Add.
      Add add = (Add) steps.get(i++);
      if (Long.compareUnsigned(add.offset, sizeBytes) >= 0) {
        throw new ImageFormatException(
            source,
            "page 0x"
                + Long.toHexString(add.offset)
                + " lies beyond SIZE 0x"
                + Long.toHexString(sizeBytes)
                + "; EADD takes pages inside ELRANGE only");
      }
      if (!added.add(add.offset)) {
        throw inexpressible("page 0x" + Long.toHexString(add.offset) + " is added twice");
      }
      int mask = 0;
      while (i < steps.size() && steps.get(i) instanceof Extend extend) {
        mask |= bit(add, extend, mask);
        i++;
      }
      pages.add(new EnclaveImage.Page(add.offset, add.secInfo, add.content, mask));
    }
    return pages;
  }

  private int bit(Add add, Extend extend, int mask) throws ImageFormatException {
    String chunk = "chunk 0x" + Long.toHexString(extend.offset);
    if ((extend.offset & -PAGE) != add.offset) {
      throw inexpressible(
          chunk + " is measured after page 0x" + Long.toHexString(add.offset) + " was added");
    }
    int bit = 1 << (int) (extend.offset - add.offset) / Measurement.CHUNK;
    if ((mask & bit) != 0) {
      throw inexpressible(chunk + " is measured twice");
    }
    if (mask > bit) {
      throw inexpressible(chunk + " is measured after a higher one of its page");
    }
    return bit;
  }

  private ImageFormatException inexpressible(String problem) {
    return new ImageFormatException(
        source,
        problem + "; the ADD_PAGE ioctl adds a page once and measures its chunks then, ascending");
  }
}
