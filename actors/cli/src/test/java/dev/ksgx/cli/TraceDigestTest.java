package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.trace.export.JsonLines;
import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Same seed, same trace, byte for byte: what was recorded, and the canonical dump of it. Any change
 * of messages, fields, states, costs or order changes the digests, and so does one of the log's
 * format or of the dump's: then take the new figures, after a look at why.
 */
@Tag("both-jdks")
class TraceDigestTest {
  @TempDir Path folder;

  @ParameterizedTest
  // Preset, digest of the dump, digest of the log.
  @CsvSource({
    "v5, 4cd84a9a588621bec9344ba76de48ea0f92bfeef95068a366628cb94dd015059, 001824f5c96137da079a857fcdfa1775c2054255749c4d93a62b73b6cfc8054f",
    "mainline, b8884d7f98ee80d8b6aeb7fe9ec065d4936abbdd7b317fc4ec80853a774f1cb0, ce80b4f678ce06208a5201ed786d6cb717ad441b618f5d51a8a7de9f2587657e",
  })
  void logAndCanonicalDumpAreTheSameBytesOnEveryJavaPlatform(String preset, String dump, String log)
      throws Exception {
    Path trace = TracedRun.of(preset, 40, folder);
    StringBuilder lines = new StringBuilder();
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      JsonLines.write(store, Selection.ALL, lines);
    }
    assertThat(lines.toString()).contains("\"state\":\"life\"").contains("\"fields\":{\"");
    SoftAssertions both = new SoftAssertions();
    both.assertThat(sha256(lines.toString().getBytes(StandardCharsets.UTF_8)))
        .as("dump")
        .isEqualTo(dump);
    both.assertThat(sha256(Files.readAllBytes(trace))).as("log").isEqualTo(log);
    both.assertAll();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
