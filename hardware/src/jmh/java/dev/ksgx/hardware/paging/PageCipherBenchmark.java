package dev.ksgx.hardware.paging;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.MacHeader;
import dev.ksgx.hardware.structure.Pcmd;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encryption of one page by the JDK and by Bouncy Castle, and what a page without contents costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PageCipherBenchmark {
  private static final Bytes KEY = Bytes.fromHex("000102030405060708090a0b0c0d0e0f");
  private static final Bytes PAGE = Bytes.zeros(4096).withFlippedBit(7, 7);
  private static final MacHeader HEADER = MacHeader.of(1, 4096, Pcmd.builder().build());

  private final PageCipher cipher = new PageCipher(KEY);
  private final byte[] page = PAGE.toByteArray();
  private final byte[] out = new byte[4096 + 16];
  private PageCipher.Sealed sealed;
  private long version;

  @Setup
  public void prepare() {
    sealed = cipher.seal(PAGE, HEADER, 8);
    version = 8;
  }

  @Benchmark
  public PageCipher.Sealed sealByJdk() {
    return cipher.seal(PAGE, HEADER, ++version);
  }

  @Benchmark
  public Bytes openByJdk() {
    return cipher.open(sealed.page(), sealed.mac(), HEADER, 8);
  }

  @Benchmark
  public PageCipher.Sealed sealWithoutContents() {
    return cipher.seal(Bytes.zeros(4096), HEADER, ++version);
  }

  @Benchmark
  public byte[] sealByBouncyCastle() throws InvalidCipherTextException {
    byte[] iv = new byte[12];
    version++;
    for (int i = 0; i < 8; i++) {
      iv[11 - i] = (byte) (version >>> 8 * i);
    }
    GCMModeCipher gcm = GCMBlockCipher.newInstance(AESEngine.newInstance());
    KeyParameter key = new KeyParameter(KEY.toByteArray());
    gcm.init(true, new AEADParameters(key, 128, iv, HEADER.bytes().toByteArray()));
    int done = gcm.processBytes(page, 0, page.length, out, 0);
    gcm.doFinal(out, done);
    return out;
  }
}
