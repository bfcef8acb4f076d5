package dev.ksgx.hardware.image;

import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.structure.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * Writes SGXS streams. Bytes of a page that no EEXTEND measures follow its EADD as UNMEASRD blocks
 * unless they are zero.
 */
public final class SgxsWriter {
  private static final int PAGE = 4096;

  private SgxsWriter() {}

  /** Writes {@code stream} to {@code file}, as gzip if its name ends in {@code .gz}. */
  public static void write(PageStream stream, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      if (file.toString().endsWith(".gz")) {
        try (OutputStream packed = new GZIPOutputStream(out)) {
          write(stream, packed);
        }
      } else {
        write(stream, out);
      }
    }
  }

  /** Writes {@code stream} to {@code out}, plain. */
  public static void write(PageStream stream, OutputStream out) throws IOException {
    Set<Long> measured = new HashSet<>();
    for (PageStream.Step step : stream.steps()) {
      if (step instanceof PageStream.Extend) {
        measured.add(step.offset());
      }
    }
    Map<Long, Bytes> contents = new HashMap<>();
    out.write(
        block(SgxsBlock.ECREATE).putInt(stream.ssaFrameSize()).putLong(stream.sizeBytes()).array());
    for (PageStream.Step step : stream.steps()) {
      if (step instanceof PageStream.Add add) {
        contents.put(add.offset(), add.content());
        out.write(
            block(SgxsBlock.EADD).putLong(add.offset()).putLong(add.secInfo().flags()).array());
        for (int at = 0; at < PAGE; at += Measurement.CHUNK) {
          if (!measured.contains(add.offset() + at)
              && !add.content().isZero(at, Measurement.CHUNK)) {
            chunk(SgxsBlock.UNMEASRD, add.offset() + at, add.content(), out);
          }
        }
      } else {
        chunk(SgxsBlock.EEXTEND, step.offset(), contents.get(step.offset() & -PAGE), out);
      }
    }
  }

  static Bytes toBytes(PageStream stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(stream, out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Bytes.copyOf(out.toByteArray());
  }

  private static void chunk(long tag, long offset, Bytes page, OutputStream out)
      throws IOException {
    out.write(block(tag).putLong(offset).array());
    out.write(page.slice((int) (offset & (PAGE - 1)), Measurement.CHUNK).toByteArray());
  }

  private static ByteBuffer block(long tag) {
    return ByteBuffer.allocate(SgxsBlock.SIZE).order(ByteOrder.LITTLE_ENDIAN).putLong(tag);
  }
}
