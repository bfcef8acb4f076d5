package dev.ksgx.hardware.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ksgx.hardware.measure.MeasurementNode;
import dev.ksgx.hardware.measure.MeasurementTrie;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.vectors.Vectors;
import dev.ksgx.hardware.vectors.Vectors.Vector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Page streams of real and made-up enclaves against their published facts. */
class SgxsVectorTest {
  private static final Attributes PLAIN = new Attributes(Attributes.MODE64BIT, 3);

  static List<Vector> streams() {
    return Vectors.ofKind("sgxs");
  }

  /** Those that EADD would take: one published stream has a page beyond its SIZE. */
  static List<Vector> loadable() {
    return streams().stream().filter(v -> !v.name().equals("sixty-four-gib.sgxs")).toList();
  }

  @ParameterizedTest
  @MethodSource("streams")
  void measuresToItsPublishedFacts(Vector vector) throws IOException {
    StreamMeasurement measured = SgxsReader.measure(vector.path());
    JsonNode expected = vector.expected();
    assertThat(measured.mrenclave().hex()).isEqualTo(expected.get("mrenclave").asText());
    assertThat(measured.elrangeBytes()).isEqualTo(expected.get("size").asLong());
    assertThat(measured.ssaFrameSize()).isEqualTo(expected.get("ssaframesize").asInt());
    assertThat(measured.pages()).isEqualTo(expected.get("eadd").asLong());
    assertThat(measured.pagesBeyondElrange()).isEqualTo(loadable().contains(vector) ? 0 : 1);
    assertThat(measured.measuredChunks()).isEqualTo(expected.get("eextend").asLong());
    assertThat(measured.unmeasuredChunks()).isEqualTo(expected.get("unmeasured").asLong());
    assertThat(64 * measured.blocks()).isEqualTo(expected.get("measured_bytes").asLong());
    assertThat(measured.streamBytes()).isEqualTo(unpacked(vector).length());
  }

  @ParameterizedTest
  @MethodSource("streams")
  void itsLeavesMeasureToTheSameAsDoesTheTrie(Vector vector) throws IOException {
    PageStream stream = SgxsReader.read(vector.path());
    String mrenclave = vector.expected().get("mrenclave").asText();
    assertThat(stream.mrenclave().hex()).isEqualTo(mrenclave);

    MeasurementTrie trie = new MeasurementTrie();
    MeasurementNode node = trie.root(stream.ssaFrameSize(), stream.sizeBytes());
    Map<Long, Bytes> contents = new HashMap<>();
    for (PageStream.Step step : stream.steps()) {
      if (step instanceof PageStream.Add add) {
        contents.put(add.offset(), add.content());
        node = node.eadd(add.offset(), add.secInfo());
      } else {
        long page = step.offset() & -4096;
        node = node.eextend(page, contents.get(page), (int) (step.offset() - page));
      }
    }
    assertThat(node.mrenclave().hex()).isEqualTo(mrenclave);
    assertThat(64 * node.blocks()).isEqualTo(vector.expected().get("measured_bytes").asLong());
  }

  @ParameterizedTest
  @MethodSource("loadable")
  void itsPagesAreThoseOfTheFacts(Vector vector) throws IOException {
    EnclaveImage image = SgxsReader.read(vector.path()).toImage("vector", PLAIN, 0);
    JsonNode expected = vector.expected();
    int full = 0;
    int none = 0;
    Map<String, Integer> byFlags = new TreeMap<>();
    MeasurementTrie trie = new MeasurementTrie();
    MeasurementNode node = trie.root(image.ssaFrameSize(), image.sizeBytes());
    for (EnclaveImage.Page page : image.pages()) {
      full += page.mrmask() == 0xffff ? 1 : 0;
      none += page.mrmask() == 0 ? 1 : 0;
      byFlags.merge(String.format("0x%04x", page.secInfo().flags()), 1, Integer::sum);
      node = node.addPage(page.offset(), page.secInfo(), page.content(), page.mrmask());
    }
    assertThat(full).isEqualTo(expected.get("pages_fully_measured").asInt());
    assertThat(none).isEqualTo(expected.get("pages_unmeasured").asInt());
    assertThat(image.pages().size() - full - none)
        .isEqualTo(expected.get("pages_partly_measured").asInt());
    Map<String, Integer> published = new TreeMap<>();
    expected
        .get("pages")
        .properties()
        .forEach(e -> published.put(e.getKey(), e.getValue().asInt()));
    assertThat(byFlags).isEqualTo(published);
    assertThat(image.mrenclave().hex()).isEqualTo(expected.get("mrenclave").asText());
    assertThat(node.mrenclave()).isEqualTo(image.mrenclave());
  }

  @ParameterizedTest
  @MethodSource("loadable")
  void isWrittenBackByteForByte(Vector vector, @TempDir Path folder) throws IOException {
    PageStream stream = SgxsReader.read(vector.path());
    Path plain = folder.resolve("copy.sgxs");
    Path packed = folder.resolve("copy.sgxs.gz");
    SgxsWriter.write(stream, plain);
    SgxsWriter.write(stream, packed);
    assertThat(SgxsReader.read(plain).steps()).isEqualTo(stream.steps());
    assertThat(SgxsReader.read(packed).steps()).isEqualTo(stream.steps());
    assertThat(Vectors.read(plain)).isEqualTo(unpacked(vector));
    assertThat(Files.size(packed)).isLessThan(Files.size(plain));
    assertThat(stream.toImage("copy", PLAIN, 0).toSgxs()).isEqualTo(unpacked(vector));
  }

  @ParameterizedTest
  @MethodSource("loadable")
  void isSignedByTheSigStructsBesideIt(Vector vector) throws IOException {
    for (JsonNode signature : vector.facts().path("signed_by")) {
      SignedEnclave enclave =
          SignedEnclave.read(vector.path(), vector.folder().resolve(signature.asText()));
      assertThat(enclave.image().mrenclave()).isEqualTo(enclave.sigStruct().enclaveHash());
      assertThat(enclave.image().attributes()).isEqualTo(enclave.sigStruct().attributes());
    }
  }

  @Test
  void dataThatIsNotMeasuredIsLoadedAndDoesNotCount() throws IOException {
    Vector vector = Vectors.file("kernel-selftest-synthetic", "unmeasured-with-data.sgxs");
    EnclaveImage loaded = SgxsReader.read(vector.path()).toImage("with", PLAIN, 0);
    EnclaveImage.Builder blank = EnclaveImage.builder("without").sizeBytes(loaded.sizeBytes());
    int withData = 0;
    for (EnclaveImage.Page page : loaded.pages()) {
      Bytes content = page.content();
      for (int chunk = 0; chunk < 16; chunk++) {
        if ((page.mrmask() & 1 << chunk) == 0 && !content.isZero(256 * chunk, 256)) {
          withData++;
          content = content.with(256 * chunk, Bytes.zeros(256));
        }
      }
      blank.page(page.offset(), page.secInfo(), content, page.mrmask());
    }
    assertThat(withData).isEqualTo(vector.expected().get("unmeasured").asInt());
    assertThat(blank.build().mrenclave()).isEqualTo(loaded.mrenclave());
  }

  @Test
  void aPageBeyondElrangeIsMeasuredButNoImageCanHaveIt() throws IOException {
    Vector vector = Vectors.file("kernel-selftest-synthetic", "sixty-four-gib.sgxs");
    assertThat(SgxsReader.measure(vector.path()).pagesBeyondElrange()).isEqualTo(1);
    assertThatThrownBy(() -> SgxsReader.read(vector.path()).toImage("far", PLAIN, 0))
        .isInstanceOf(ImageFormatException.class)
        .hasMessage(
            vector.path()
                + ": page 0xfffffff000 lies beyond SIZE 0x1000000000;"
                + " EADD takes pages inside ELRANGE only");
  }

  @Test
  void everyTruncationIsRefusedOrMeasuresToSomethingElse() throws IOException {
    Bytes whole = Vectors.file("kernel-selftest-synthetic", "two-pages.sgxs").bytes();
    Bytes mrenclave = whole.sha256();
    for (int length = 0; length < whole.length(); length += 8) {
      Bytes part = whole.slice(0, length);
      boolean onBoundary = length >= 128 && (length == 5248 || isBoundary(length));
      if (onBoundary || length == 64) {
        assertThat(measure(part).mrenclave()).isEqualTo(part.sha256()).isNotEqualTo(mrenclave);
      } else {
        assertThatThrownBy(() -> measure(part)).isInstanceOf(ImageFormatException.class);
      }
    }
  }

  /** Two pages: each 64 bytes of EADD and 16 times 320 bytes. */
  private static boolean isBoundary(int length) {
    int inPage = (length - 64) % (64 + 16 * 320);
    return inPage == 0 || (inPage >= 64 && (inPage - 64) % 320 == 0);
  }

  private static StreamMeasurement measure(Bytes stream) throws IOException {
    return SgxsReader.measure(new ByteArrayInputStream(stream.toByteArray()), "part");
  }

  private static Bytes unpacked(Vector vector) throws IOException {
    Bytes raw = vector.bytes();
    if (!vector.name().endsWith(".gz")) {
      return raw;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(raw.toByteArray()))) {
      return Bytes.copyOf(in.readAllBytes());
    }
  }
}
