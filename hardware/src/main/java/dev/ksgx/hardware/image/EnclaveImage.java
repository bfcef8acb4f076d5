package dev.ksgx.hardware.image;

import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An enclave ready to be loaded: what ECREATE needs, and its pages in the order in which they are
 * added. Immutable; made by {@link #builder} or read from a file.
 */
public final class EnclaveImage {
  private static final int PAGE = 4096;

  /**
   * One page as EADD stores it: a TCS has no permissions, and its STATE, DBGOPTIN, CSSA and AEP are
   * zero whatever was given.
   *
   * @param offset from the base of ELRANGE, bytes, a multiple of 4096
   * @param secInfo type and permissions
   * @param content 4096 bytes; {@code Bytes.zeros(4096)} where nothing was given
   * @param mrmask bit i measures bytes 256 i .. 256 i + 255
   */
  public record Page(long offset, SecInfo secInfo, Bytes content, int mrmask) {
    public Page {
      if (offset < 0 || offset % PAGE != 0) {
        throw new IllegalArgumentException(
            "page at offset 0x" + Long.toHexString(offset) + ", expected a multiple of 0x1000");
      }
      if (content.length() != PAGE) {
        throw new IllegalArgumentException(
            "page content of " + content.length() + " bytes, expected " + PAGE);
      }
      if (mrmask >>> Measurement.CHUNKS_PER_PAGE != 0) {
        throw new IllegalArgumentException(
            "measurement mask 0x" + Integer.toHexString(mrmask) + ", expected 16 bits");
      }
      if (secInfo.pageType() == PageType.TCS) {
        secInfo = secInfo.asAdded();
        content = Tcs.parse(content).asAdded().bytes();
      }
    }
  }

  private final String name;
  private final long sizeBytes;
  private final int ssaFrameSize;
  private final Attributes attributes;
  private final int miscSelect;
  private final List<Page> pages;
  private Bytes mrenclave;

  private EnclaveImage(Builder builder) {
    name = builder.name;
    sizeBytes = builder.sizeBytes == 0 ? smallestSize(builder.pages) : builder.sizeBytes;
    ssaFrameSize = builder.ssaFrameSize;
    attributes = builder.attributes;
    miscSelect = builder.miscSelect;
    pages = List.copyOf(builder.pages);
    checkPages();
  }

  /** A builder of an image called {@code name}. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** What reports call it. */
  public String name() {
    return name;
  }

  /** SECS.SIZE: bytes of ELRANGE. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** SECS.SSAFRAMESIZE, pages. */
  public int ssaFrameSize() {
    return ssaFrameSize;
  }

  /** SECS.ATTRIBUTES. */
  public Attributes attributes() {
    return attributes;
  }

  /** SECS.MISCSELECT. */
  public int miscSelect() {
    return miscSelect;
  }

  /** Pages in EADD order. */
  public List<Page> pages() {
    return pages;
  }

  /** MRENCLAVE of the enclave, hashed once. */
  public Bytes mrenclave() {
    Bytes known = mrenclave;
    if (known == null) {
      Measurement measurement = Measurement.ecreate(ssaFrameSize, sizeBytes);
      for (Page page : pages) {
        measurement.addPage(page.offset, page.secInfo, page.content, page.mrmask);
      }
      known = measurement.finish();
      mrenclave = known;
    }
    return known;
  }

  /** The leaves that build it. */
  public PageStream toPageStream() {
    List<PageStream.Step> steps = new ArrayList<>();
    for (Page page : pages) {
      steps.add(new PageStream.Add(page.offset, page.secInfo, page.content));
      for (int chunk = 0; chunk < Measurement.CHUNKS_PER_PAGE; chunk++) {
        if ((page.mrmask & 1 << chunk) != 0) {
          steps.add(new PageStream.Extend(page.offset + (long) chunk * Measurement.CHUNK));
        }
      }
    }
    return new PageStream(name, ssaFrameSize, sizeBytes, steps);
  }

  /** The image as an SGXS stream. */
  public Bytes toSgxs() {
    return SgxsWriter.toBytes(toPageStream());
  }

  @Override
  public String toString() {
    return name + " (" + pages.size() + " pages, ELRANGE " + sizeBytes + " bytes)";
  }

  private static long smallestSize(List<Page> pages) {
    long end = pages.stream().mapToLong(page -> page.offset + PAGE).max().orElse(0);
    return Math.max(2 * PAGE, Long.highestOneBit(Math.max(end, 1) * 2 - 1));
  }

  private void checkPages() {
    Set<Long> offsets = new HashSet<>();
    for (Page page : pages) {
      if (page.offset > sizeBytes - PAGE || !offsets.add(page.offset)) {
        throw new IllegalArgumentException(
            name
                + ": page at offset 0x"
                + Long.toHexString(page.offset)
                + " is added twice or beyond SIZE 0x"
                + Long.toHexString(sizeBytes));
      }
    }
  }

  /**
   * Builds an image page after page: each kind of page is placed behind the one before, unless
   * {@link #at} moves on. Defaults: 64-bit, x87 and SSE only, SSA frames of one page, MISCSELECT 0,
   * and the smallest SIZE that holds all pages.
   */
  public static final class Builder {
    private final String name;
    private final List<Page> pages = new ArrayList<>();
    private long next;
    private long sizeBytes;
    private int ssaFrameSize = 1;
    private int miscSelect;
    private Attributes attributes = new Attributes(Attributes.MODE64BIT, Attributes.LEGACY_XFRM);

    private Builder(String name) {
      this.name = name;
    }

    /** Sets SIZE of ELRANGE, bytes. */
    public Builder sizeBytes(long value) {
      sizeBytes = value;
      return this;
    }

    /** Sets SSAFRAMESIZE, pages. */
    public Builder ssaFrameSize(int value) {
      ssaFrameSize = value;
      return this;
    }

    /** Sets ATTRIBUTES. */
    public Builder attributes(Attributes value) {
      attributes = value;
      return this;
    }

    /** Sets MISCSELECT. */
    public Builder miscSelect(int value) {
      miscSelect = value;
      return this;
    }

    /** Places the next page at {@code offset}, bytes; what lies between stays a hole. */
    public Builder at(long offset) {
      next = offset;
      return this;
    }

    /** Adds one page at {@code offset}; the next page follows it. */
    public Builder page(long offset, SecInfo secInfo, Bytes content, int mrmask) {
      pages.add(new Page(offset, secInfo, content, mrmask));
      next = offset + PAGE;
      return this;
    }

    /** Adds readable and executable pages, measured. */
    public Builder code(Bytes content) {
      return measured(SecInfo.reg(true, false, true), content);
    }

    /** Adds readable pages, measured. */
    public Builder readOnlyData(Bytes content) {
      return measured(SecInfo.reg(true, false, false), content);
    }

    /** Adds readable and writable pages, measured. */
    public Builder data(Bytes content) {
      return measured(SecInfo.reg(true, true, false), content);
    }

    /** Adds {@code count} zero pages, readable and writable, measured. */
    public Builder stack(int count) {
      return zeros(count, Measurement.WHOLE_PAGE);
    }

    /** Adds {@code count} zero pages, readable and writable, not measured. */
    public Builder heap(int count) {
      return zeros(count, 0);
    }

    /**
     * Adds a TCS and behind it the frames of its SSA, all measured.
     *
     * @param entryOffset of the entry point from the base of ELRANGE, bytes
     * @param frames NSSA; each takes SSAFRAMESIZE pages
     */
    public Builder thread(long entryOffset, int frames) {
      Tcs tcs =
          Tcs.builder()
              .ossa(next + PAGE)
              .nssa(frames)
              .oentry(entryOffset)
              .fsLimit(-1)
              .gsLimit(-1)
              .build();
      measured(SecInfo.tcs(), tcs.bytes());
      return stack(frames * ssaFrameSize);
    }

    /**
     * The image.
     *
     * @throws IllegalArgumentException if a page is added twice or lies beyond SIZE
     */
    public EnclaveImage build() {
      return new EnclaveImage(this);
    }

    private Builder zeros(int count, int mrmask) {
      for (int i = 0; i < count; i++) {
        page(next, SecInfo.reg(true, true, false), Bytes.zeros(PAGE), mrmask);
      }
      return this;
    }

    /** Whole pages; the last is filled up with zeros. */
    private Builder measured(SecInfo secInfo, Bytes content) {
      for (int at = 0; at < content.length(); at += PAGE) {
        int length = Math.min(PAGE, content.length() - at);
        Bytes page = Bytes.zeros(PAGE).with(0, content.slice(at, length));
        page(next, secInfo, page, Measurement.WHOLE_PAGE);
      }
      return this;
    }
  }
}
