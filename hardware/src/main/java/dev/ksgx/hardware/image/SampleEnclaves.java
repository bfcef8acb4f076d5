package dev.ksgx.hardware.image;

import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.launch.SigningKey;
import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.Tcs;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Enclaves of the model's own, signed by {@link ModelKeys}. Contents are made up and always the
 * same; each enclave is built and signed once in a JVM.
 */
public final class SampleEnclaves {
  private static final int PAGE = 4096;

  /** Pages of the launch enclave, and what each thread beyond the first adds. */
  private static final int LE_PAGES = 9;

  private static final int LE_THREAD_PAGES = 4;

  private static final ConcurrentHashMap<String, SignedEnclave> MADE = new ConcurrentHashMap<>();

  private SampleEnclaves() {}

  /** Four pages with one thread, signed by model signer 0; see {@link #tiny(int)}. */
  public static SignedEnclave tiny() {
    return tiny(0);
  }

  /** Four pages, all measured: code, TCS, SSA frame, data. ELRANGE 16 KiB. */
  public static SignedEnclave tiny(int signer) {
    return signed("tiny", signer, () -> uniform("tiny", 4));
  }

  /** {@code count} pages signed by model signer 0; see {@link #pages(int, int)}. */
  public static SignedEnclave pages(int count) {
    return pages(count, 0);
  }

  /**
   * {@code count} pages, all measured: one thread with one SSA frame, half of the rest code, the
   * other half data.
   *
   * @throws IllegalArgumentException if {@code count} is below 4
   */
  public static SignedEnclave pages(int count, int signer) {
    if (count < 4) {
      throw new IllegalArgumentException(count + " pages, expected at least 4");
    }
    String name = "pages-" + count;
    return signed(name, signer, () -> uniform(name, count));
  }

  /** 75 pages signed by model signer 0; see {@link #seventyFivePages(int)}. */
  public static SignedEnclave seventyFivePages() {
    return seventyFivePages(0);
  }

  /**
   * 75 pages as a software development kit lays them out: measured code, read-only data, data,
   * stack and one thread with two SSA frames (51 pages), and a heap of 24 pages that is not
   * measured. ELRANGE 512 KiB.
   */
  public static SignedEnclave seventyFivePages(int signer) {
    return signed("seventy-five-pages", signer, SampleEnclaves::sdkLike);
  }

  /**
   * The launch enclave of the model, signed by {@link ModelKeys#launchEnclave()}: 9 pages, all
   * measured, ELRANGE 64 KiB. Page 0 is the TCS, the others are readable, writable and executable,
   * the first two of them its SSA frames; ATTRIBUTES ask for EINITTOKENKEY (driver.md 0.1).
   */
  public static SignedEnclave launchEnclave() {
    return launchEnclave(1);
  }

  /**
   * The launch enclave of the model for {@code tcs} threads at a time. Each beyond the first adds
   * four pages behind the nine of {@link #launchEnclave()}: a TCS, its two SSA frames and a page of
   * its own for the operands of leaves. MODEL: no historical launch enclave had more than one TCS.
   *
   * @throws IllegalArgumentException if {@code tcs} is below 1
   */
  public static SignedEnclave launchEnclave(int tcs) {
    return launchEnclave(tcs, 0);
  }

  /**
   * As {@link #launchEnclave(int)}, signed by a launch enclave signer of {@link ModelKeys}: the
   * same measurement under another MRSIGNER.
   *
   * @throws IllegalArgumentException if {@code tcs} is below 1, or if there is no such signer
   */
  public static SignedEnclave launchEnclave(int tcs, int signer) {
    if (tcs < 1) {
      throw new IllegalArgumentException(tcs + " TCSs, expected at least 1");
    }
    String name = tcs == 1 ? "launch-enclave" : "launch-enclave-" + tcs;
    return made(
        name + " by launch enclave signer " + signer,
        ModelKeys.launchEnclave(signer),
        () -> launchEnclaveImage(name, tcs));
  }

  private static EnclaveImage uniform(String name, int count) {
    int code = (count - 2 + 1) / 2;
    return EnclaveImage.builder(name)
        .code(filler(name + " code", code))
        .thread(0, 1)
        .data(filler(name + " data", count - 2 - code))
        .build();
  }

  private static EnclaveImage sdkLike() {
    return EnclaveImage.builder("seventy-five-pages")
        .code(filler("code", 20))
        .readOnlyData(filler("constants", 4))
        .data(filler("data", 8))
        .heap(24)
        .stack(16)
        .thread(0x100, 2)
        .build();
  }

  private static EnclaveImage launchEnclaveImage(String name, int threads) {
    long modeAndKey = Attributes.MODE64BIT | Attributes.EINITTOKENKEY;
    int pages = LE_PAGES + (threads - 1) * LE_THREAD_PAGES;
    long smallest = Long.highestOneBit(2L * pages - 1) * PAGE;
    EnclaveImage.Builder image =
        EnclaveImage.builder(name)
            .sizeBytes(Math.max(64 * 1024, smallest))
            .attributes(new Attributes(modeAndKey, Attributes.LEGACY_XFRM));
    thread(image, 0, filler("launch enclave", 6));
    for (int thread = 1; thread < threads; thread++) {
      int first = LE_PAGES + (thread - 1) * LE_THREAD_PAGES;
      thread(image, (long) first * PAGE, filler("launch enclave thread " + thread, 1));
    }
    return image.build();
  }

  /** A TCS, two SSA frames, and what comes behind them; all threads enter at the same place. */
  private static void thread(EnclaveImage.Builder image, long offset, Bytes behind) {
    Tcs tcs =
        Tcs.builder().ossa(offset + PAGE).nssa(2).oentry(3 * PAGE).fsLimit(-1).gsLimit(-1).build();
    image.page(offset, SecInfo.tcs(), tcs.bytes(), Measurement.WHOLE_PAGE);
    Bytes body = Bytes.concat(Bytes.zeros(2 * PAGE), behind);
    for (int at = 0; at < body.length(); at += PAGE) {
      image.page(
          offset + PAGE + at,
          SecInfo.reg(true, true, true),
          body.slice(at, PAGE),
          Measurement.WHOLE_PAGE);
    }
  }

  private static SignedEnclave signed(String name, int signer, Supplier<EnclaveImage> image) {
    return made(name + " by " + signer, ModelKeys.signer(signer), image);
  }

  private static SignedEnclave made(String key, SigningKey signer, Supplier<EnclaveImage> image) {
    SignedEnclave known = MADE.get(key);
    if (known != null) {
      return known;
    }
    EnclaveImage fresh = image.get();
    SignedEnclave signed = new SignedEnclave(fresh, Signer.sign(body(fresh), signer));
    SignedEnclave earlier = MADE.putIfAbsent(key, signed);
    return earlier == null ? signed : earlier;
  }

  /** All attributes count but DEBUG, and the XFRM bits that loaders choose by the processor. */
  private static SigStruct.Builder body(EnclaveImage image) {
    return SigStruct.builder()
        .date(0x20171113)
        .miscSelect(image.miscSelect())
        .miscMask(-1)
        .attributes(image.attributes())
        .attributeMask(new Attributes(~Attributes.DEBUG, ~0xe4L))
        .enclaveHash(image.mrenclave())
        .isvProdId(1)
        .isvSvn(1);
  }

  /** Pages whose bytes are the SHA-256 chain that starts with {@code seed}. */
  private static Bytes filler(String seed, int pages) {
    Bytes[] links = new Bytes[pages * PAGE / 32];
    Bytes link = Bytes.copyOf(seed.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    for (int i = 0; i < links.length; i++) {
      link = link.sha256();
      links[i] = link;
    }
    return Bytes.concat(links);
  }
}
