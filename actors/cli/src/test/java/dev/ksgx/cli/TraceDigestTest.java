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
    "v5, 850dd88ca5959b47673323ea90d79b2cef891138d5b301b3c1a98d0c1ad01bec, bdb897e5b22fa69b0af1159f218cc7569f9fef15961e0295d108a70a65401d6e",
    "mainline, 57cc6b1eb7bb2a8d21282dd08abb8dd5f5cbb6dcfc1b3096982f11aa04fb4fee, 597c676be8649597a36cf1f3620447aca5aed63f4f3b9339e456ffd76ad44b96",
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
