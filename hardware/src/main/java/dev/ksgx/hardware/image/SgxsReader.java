package dev.ksgx.hardware.image;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads SGXS streams, plain or gzip (told apart by content). What is not such a stream is refused
 * with one line that names file, block and byte.
 */
public final class SgxsReader {
  private SgxsReader() {}

  /**
   * Measures the stream in {@code file} without loading it; memory grows with the number of pages
   * by some ten bytes each.
   *
   * @throws ImageFormatException if it is not a well-formed SGXS stream
   * @throws IOException if it cannot be read
   */
  public static StreamMeasurement measure(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return measure(in, file.toString());
    }
  }

  /** Measures the stream that {@code in} gives, and closes it; {@code where} names it in errors. */
  public static StreamMeasurement measure(InputStream in, String where) throws IOException {
    Counter counter = new Counter();
    try (StreamSource source = StreamSource.open(in, where)) {
      BlockScanner scanner = new BlockScanner(source, where, counter);
      Bytes mrenclave = scanner.scan();
      source.requireEnd();
      return new StreamMeasurement(
          mrenclave,
          counter.ssaFrameSize,
          counter.sizeBytes,
          counter.pages,
          counter.beyond,
          counter.measured,
          counter.unmeasured,
          scanner.position());
    }
  }

  /**
   * Loads the stream in {@code file} as the sequence of leaves it stands for.
   *
   * @throws ImageFormatException if it is not a well-formed SGXS stream
   * @throws IOException if it cannot be read
   */
  public static PageStream read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    }
  }

  /** Loads the stream that {@code in} gives, and closes it; {@code where} names it in errors. */
  public static PageStream read(InputStream in, String where) throws IOException {
    PageStreamLoader loader = new PageStreamLoader(where);
    try (StreamSource source = StreamSource.open(in, where)) {
      new BlockScanner(source, where, loader).scan();
      source.requireEnd();
    }
    return loader.finish();
  }

  private static final class Counter implements BlockHandler {
    private int ssaFrameSize;
    private long sizeBytes;
    private long pages;
    private long beyond;
    private long measured;
    private long unmeasured;

    @Override
    public void ecreate(int frame, long size) {
      ssaFrameSize = frame;
      sizeBytes = size;
    }

    @Override
    public void eadd(long offset, SecInfo secInfo) {
      pages++;
      if (Long.compareUnsigned(offset, sizeBytes) >= 0) {
        beyond++;
      }
    }

    @Override
    public void chunk(long offset, boolean isMeasured, byte[] data, int at) {
      if (isMeasured) {
        measured++;
      } else {
        unmeasured++;
      }
    }
  }
}
