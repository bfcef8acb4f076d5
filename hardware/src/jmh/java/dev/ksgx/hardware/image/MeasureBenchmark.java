package dev.ksgx.hardware.image;

import dev.ksgx.hardware.structure.Bytes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measuring a stream of 256 MiB beside the JDK's bare SHA-256 over the same bytes: read from the
 * same file (page cache warm), and from memory, which is the harder mark.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class MeasureBenchmark {
  private static final long STREAM = 256L << 20;
  private static final int PAGE_IN_STREAM = 64 + 16 * 320;

  private Path file;
  private byte[] content;

  @Setup
  public void prepare() throws IOException {
    file = Files.createTempFile("measure", ".sgxs");
    int pages = (int) (STREAM / PAGE_IN_STREAM);
    Bytes filler = SampleEnclaves.pages(40).image().toSgxs();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      out.write(block(SgxsBlock.ECREATE).putInt(1).putLong(1L << 30).array());
      byte[] chunk = new byte[256];
      for (int page = 0; page < pages; page++) {
        long offset = 4096L * page;
        out.write(block(SgxsBlock.EADD).putLong(offset).putLong(0x203).array());
        for (int at = 0; at < 4096; at += 256) {
          out.write(block(SgxsBlock.EEXTEND).putLong(offset + at).array());
          filler.copyTo((page * 977 + at) % (filler.length() - 256), chunk, 0, 256);
          out.write(chunk);
        }
      }
    }
    content = Files.readAllBytes(file);
  }

  @TearDown
  public void remove() throws IOException {
    Files.delete(file);
  }

  @Benchmark
  public Bytes measure() throws IOException {
    return SgxsReader.measure(file).mrenclave();
  }

  @Benchmark
  public byte[] rawSha256OfTheFile() throws IOException {
    MessageDigest digest = Bytes.newSha256();
    byte[] buffer = new byte[256 * 1024];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return digest.digest();
  }

  @Benchmark
  public byte[] rawSha256InMemory() {
    return Bytes.newSha256().digest(content);
  }

  private static ByteBuffer block(long tag) {
    return ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(tag);
  }
}
