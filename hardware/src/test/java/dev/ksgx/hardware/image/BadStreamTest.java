package dev.ksgx.hardware.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Files that are not what they should be: one line each, for measuring and loading alike. */
class BadStreamTest {
  private static final Bytes CREATE = block("4543524541544500", "01000000" + "0080000000000000");
  private static final Bytes PAGE_0 = block("4541444400000000", le(0) + le(0x203));
  private static final Bytes PAGE_1 = block("4541444400000000", le(0x1000) + le(0x203));
  private static final Bytes DATA = Bytes.fromHex("ab".repeat(256));

  @Test
  void truncatedStreams() {
    refused("empty; expected an SGXS stream");
    refused("63 bytes; expected an SGXS stream, which starts with ECREATE", CREATE.slice(0, 63));
    refused(
        "block 2 at byte 128: 10 bytes at the end of the stream; expected a block of 64",
        CREATE,
        PAGE_0,
        extend(0).slice(0, 10));
    refused(
        "block 2 at byte 128: EEXTEND with 255 bytes of data; expected 256",
        CREATE,
        PAGE_0,
        extend(0).slice(0, 319));
    refused(
        "block 2 at byte 128: EEXTEND with 0 bytes of data; expected 256",
        CREATE,
        PAGE_0,
        extend(0).slice(0, 64));
  }

  @Test
  void oversizedStreams() {
    refused(
        "block 2 at byte 128: 5 bytes at the end of the stream; expected a block of 64",
        CREATE,
        PAGE_0,
        Bytes.zeros(5));
    refused(
        "block 2 at byte 128: tag 0000000000000000; expected EADD, EEXTEND, UNMEASRD or the end",
        CREATE,
        PAGE_0,
        Bytes.zeros(64));
    refused(
        "block 0 at byte 0: ECREATE with SIZE 0x8000000000000000; expected a power of two from"
            + " 0x2000 to 0x4000000000000000",
        block("4543524541544500", "01000000" + le(Long.MIN_VALUE)));
    for (long size : new long[] {0, 0x1000, 0x3000, -1}) {
      refused(
          "block 0 at byte 0: ECREATE with SIZE 0x"
              + Long.toHexString(size)
              + "; expected a power of two from 0x2000 to 0x4000000000000000",
          block("4543524541544500", "01000000" + le(size)));
    }
    refused(
        "block 0 at byte 0: ECREATE with SSAFRAMESIZE 0; expected at least 1 page",
        block("4543524541544500", "00000000" + le(0x8000)));
  }

  @Test
  void reorderedStreams() {
    refused(
        "block 0 at byte 0: EADD before ECREATE; expected ECREATE as the first block",
        PAGE_0,
        CREATE);
    refused(
        "block 0 at byte 0: EEXTEND before ECREATE; expected ECREATE as the first block",
        extend(0),
        CREATE);
    refused(
        "block 1 at byte 64: a second ECREATE; expected EADD, EEXTEND or UNMEASRD", CREATE, CREATE);
    refused(
        "block 2 at byte 128: EEXTEND at offset 0x1000 is in no page added so far;"
            + " expected the EADD of its page before it",
        CREATE,
        PAGE_0,
        extend(0x1000),
        PAGE_1);
    refused(
        "block 1 at byte 64: UNMEASRD at offset 0x0 is in no page added so far;"
            + " expected the EADD of its page before it",
        CREATE,
        unmeasured(0, DATA),
        PAGE_0);
    refused(
        "block 2 at byte 128: EEXTEND at offset 0x80; expected a multiple of 0x100",
        CREATE,
        PAGE_0,
        extend(0x80));
    refused(
        "block 1 at byte 64: EADD at offset 0x800; expected a multiple of 0x1000",
        CREATE,
        block("4541444400000000", le(0x800) + le(0x203)));
  }

  @Test
  void filesThatAreNoSgxs() {
    refused(
        "starts with 7f454c4602010100; expected an SGXS stream, which starts with ECREATE",
        Bytes.fromHex("7f454c4602010100" + "00".repeat(100)));
    refused(
        "block 0 at byte 0: UNSIZED; expected ECREATE, because a stream without SIZE has no"
            + " measurement",
        block("554e53495a454400", "01000000" + le(0)));
  }

  @Test
  void blocksWithIllegalContents() {
    refused(
        "block 0 at byte 0: ECREATE whose bytes 20 to 63 are not all zero",
        CREATE.withFlippedBit(20, 0));
    refused(
        "block 0 at byte 0: ECREATE whose bytes 20 to 63 are not all zero",
        CREATE.withFlippedBit(63, 7));
    refused(
        "block 1 at byte 64: EADD whose bytes 24 to 63 are not all zero",
        CREATE,
        PAGE_0.withFlippedBit(24, 0));
    refused(
        "block 2 at byte 128: EEXTEND whose bytes 16 to 63 are not all zero",
        CREATE,
        PAGE_0,
        extend(0).withFlippedBit(40, 4));
    refused(
        "block 1 at byte 64: EADD with SECINFO.FLAGS 0x20b; expected only R, W, X and a page"
            + " type, and zeros behind",
        CREATE,
        block("4541444400000000", le(0) + le(0x20b)));
    refused(
        "block 1 at byte 64: EADD of page type SECS; expected REG or TCS",
        CREATE,
        block("4541444400000000", le(0) + le(0x3)));
    refused(
        "block 1 at byte 64: EADD of page type without a name; expected REG or TCS",
        CREATE,
        block("4541444400000000", le(0) + le(0x903)));
    refused(
        "block 1 at byte 64: EADD of a page that is writable but not readable; EADD refuses it",
        CREATE,
        block("4541444400000000", le(0) + le(0x202)));
    refused(
        "block 1 at byte 64: EADD of a TCS with permissions; expected none, as EADD clears them"
            + " before it measures",
        CREATE,
        block("4541444400000000", le(0) + le(0x103)));
    refused(
        "block 2 at byte 128: EEXTEND of a TCS with STATE, DBGOPTIN, CSSA or AEP set; expected"
            + " 0, as EADD clears them",
        CREATE,
        block("4541444400000000", le(0) + le(0x100)),
        extend(0, Bytes.zeros(256).withFlippedBit(8, 0)));
  }

  @Test
  void aChunkGivenTwiceMustBeTheSame() throws IOException {
    Bytes[] same = {CREATE, PAGE_0, unmeasured(0, DATA), extend(0)};
    assertThat(read(Bytes.concat(same)).steps()).hasSize(2);
    Bytes[] different = {CREATE, PAGE_0, unmeasured(0, DATA.withFlippedBit(3, 3)), extend(0)};
    assertThatThrownBy(() -> read(Bytes.concat(different)))
        .isInstanceOf(ImageFormatException.class)
        .hasMessage("f: chunk 0x0 is given twice with different bytes; expected the same");
  }

  @Test
  void gzipThatIsDamagedShortOrFollowedByMore() throws IOException {
    Bytes plain = Bytes.concat(CREATE, PAGE_0, extend(0));
    Bytes packed = gzip(plain);
    assertThat(measure(packed).mrenclave()).isEqualTo(plain.sha256());
    assertThat(measure(packed).streamBytes()).isEqualTo(plain.length());
    for (int length = 2; length < packed.length(); length++) {
      Bytes part = packed.slice(0, length);
      assertThatThrownBy(() -> measure(part))
          .as("%d of %d bytes", length, packed.length())
          .isInstanceOf(ImageFormatException.class)
          .hasMessage("f: gzip data ends too early; expected a whole gzip file");
    }
    for (int more : new int[] {1, 10, 18, 19, 100, 200_000}) {
      assertThatThrownBy(() -> measure(Bytes.concat(packed, Bytes.zeros(more))))
          .hasMessage("f: " + more + " bytes behind the gzip data; expected its end");
    }
    assertThatThrownBy(() -> measure(packed.withFlippedBit(packed.length() - 6, 2)))
        .hasMessage("f: gzip data is damaged; expected a whole gzip file");
    assertThatThrownBy(() -> measure(packed.withFlippedBit(2, 5)))
        .hasMessage("f: gzip data is damaged; expected a whole gzip file");
    assertThatThrownBy(() -> measure(Bytes.concat(packed, packed)))
        .isInstanceOf(ImageFormatException.class);
  }

  @Test
  void streamsThatTheIoctlsCannotExpressAreLoadedButAreNoImage() throws IOException {
    noImage("chunk 0x0 is measured after page 0x1000 was added", CREATE, PAGE_0, PAGE_1, extend(0));
    noImage(
        "chunk 0x0 is measured after a higher one of its page",
        CREATE,
        PAGE_0,
        extend(0x100),
        extend(0));
    noImage("chunk 0x100 is measured twice", CREATE, PAGE_0, extend(0x100), extend(0x100));
    noImage("page 0x0 is added twice", CREATE, PAGE_0, PAGE_1, PAGE_0);
  }

  /** Seeded damage: a reader ends with a measurement or with one line, never otherwise. */
  @Test
  void anyDamageIsRefusedInOneLineOrMeasuresToSomethingElse() throws IOException {
    Bytes plain = SampleEnclaves.tiny().image().toSgxs();
    Bytes packed = gzip(plain);
    Random random = new Random(20171113);
    int refused = 0;
    for (int round = 0; round < 4000; round++) {
      Bytes whole = round % 4 == 0 ? packed : plain;
      byte[] damaged = whole.toByteArray();
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        int header = random.nextInt(damaged.length / 320) * 320 + random.nextInt(128);
        damaged[Math.min(header, damaged.length - 1)] ^= (byte) (1 << random.nextInt(8));
      }
      int length = random.nextInt(3) == 0 ? random.nextInt(damaged.length) : damaged.length;
      Bytes part = Bytes.copyOf(damaged, 0, length);
      try {
        StreamMeasurement measured = measure(part);
        if (!part.equals(whole) && whole == plain) {
          assertThat(measured.mrenclave()).isNotEqualTo(plain.sha256());
        }
        assertThat(read(part).mrenclave()).isEqualTo(measured.mrenclave());
      } catch (ImageFormatException e) {
        refused++;
        assertThat(e.getMessage()).startsWith("f: ").doesNotContain("\n");
      }
    }
    assertThat(refused).isBetween(1000, 3999);
  }

  private static void noImage(String problem, Bytes... parts) throws IOException {
    Bytes whole = Bytes.concat(parts);
    PageStream stream = read(whole);
    assertThat(stream.mrenclave()).isEqualTo(whole.sha256()).isEqualTo(measure(whole).mrenclave());
    assertThat(SgxsWriter.toBytes(stream)).isEqualTo(whole);
    assertThatThrownBy(() -> stream.toImage("x", new Attributes(4, 3), 0))
        .isInstanceOf(ImageFormatException.class)
        .hasMessage(
            "f: "
                + problem
                + "; the ADD_PAGE ioctl adds a page once and measures its chunks then, ascending");
  }

  /** Both readers say the same, in one line. */
  private static void refused(String problem, Bytes... parts) {
    Bytes whole = Bytes.concat(parts);
    assertThatThrownBy(() -> measure(whole))
        .isInstanceOf(ImageFormatException.class)
        .message()
        .startsWith("f: " + problem)
        .doesNotContain("\n");
    assertThatThrownBy(() -> read(whole))
        .isInstanceOf(ImageFormatException.class)
        .hasMessageStartingWith("f: " + problem);
  }

  private static StreamMeasurement measure(Bytes stream) throws IOException {
    return SgxsReader.measure(new ByteArrayInputStream(stream.toByteArray()), "f");
  }

  private static PageStream read(Bytes stream) throws IOException {
    return SgxsReader.read(new ByteArrayInputStream(stream.toByteArray()), "f");
  }

  private static Bytes gzip(Bytes plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(plain.toByteArray());
    }
    return Bytes.copyOf(out.toByteArray());
  }

  private static Bytes extend(long offset) {
    return extend(offset, DATA);
  }

  private static Bytes extend(long offset, Bytes data) {
    return Bytes.concat(block("45455854454e4400", le(offset)), data);
  }

  private static Bytes unmeasured(long offset, Bytes data) {
    return Bytes.concat(block("554e4d4541535244", le(offset)), data);
  }

  private static Bytes block(String tag, String fields) {
    Bytes start = Bytes.fromHex(tag + fields);
    return Bytes.copyOf(Arrays.copyOf(start.toByteArray(), 64));
  }

  private static String le(long value) {
    return String.format("%016x", Long.reverseBytes(value));
  }
}
