package dev.ksgx.load.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReaderTest {
  @TempDir private Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("t.csv"), content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "einti,100,1,0,0          | operation einti, expected a name that `ksgx calibrate",
        "einti,100,1,0,0          | nearest: einit",
        "einit,100,1,0            | has 4 fields, expected 5, as the header has: operation,",
        "einit,100,1,0,0,0        | has 6 fields, expected 5",
        "einit,fast,1,0,0         | duration_ns = fast, expected nanoseconds above 0",
        "einit,-5,1,0,0           | duration_ns = -5, expected nanoseconds above 0",
        "einit,0,1,0,0            | duration_ns = 0, expected nanoseconds above 0",
        "einit,NaN,1,0,0          | duration_ns = NaN, expected nanoseconds above 0",
        "einit,1e300,1,0,0        | duration_ns = 1e300, expected nanoseconds above 0",
        "einit,0x1p3,1,0,0        | duration_ns = 0x1p3, expected nanoseconds",
        "einit,,1,0,0             | duration_ns = , expected nanoseconds",
        "evict,100,0,0,0          | count = 0, expected a whole number from 1 to 1000000",
        "evict,100,1.5,0,0        | count = 1.5, expected a whole number",
        "evict,100,x,0,0          | count = x, expected a whole number",
        "ioctl-init,100,2,0,0     | count = 2, expected 1 for ioctl-init",
        "evict,100,2,16,0         | chunks = 16, expected 0 for evict",
        "ioctl-add-pages,9,2,33,0 | chunks = 33, expected a whole number from 0 to 32",
        "evict,100,2,0,-1         | cpu = -1, expected a whole number",
      })
  void malformedLineIsNamedByFileAndLineWithWhatWouldBeRight(String line, String expected)
      throws IOException {
    Path file = file("operation,duration_ns,count,chunks,cpu\neinit,1,1,0,0\n" + line + "\n");
    assertThatThrownBy(() -> TraceReader.read(file))
        .isInstanceOf(TraceException.class)
        .hasMessageStartingWith(file + ":3: ")
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "einit;100               | column einit;100, expected one of operation,duration_ns",
        "operation,count         | header has no operation and duration_ns",
        "operation,duration_ns,operation | names a column twice",
        "operation,duration_us   | column duration_us, expected one of operation,duration_ns[",
      })
  void headerIsNeeded(String header, String expected) throws IOException {
    Path file = file(header + "\neinit,100\n");
    assertThatThrownBy(() -> TraceReader.read(file))
        .isInstanceOf(TraceException.class)
        .hasMessageStartingWith(file + ":1: ")
        .hasMessageContaining(expected);
  }

  @Test
  void emptyFileAndBytesThatAreNoTextAreRefused() throws IOException {
    Path empty = file("");
    assertThatThrownBy(() -> TraceReader.read(empty)).hasMessageContaining("is empty, expected");
    Path bytes = Files.write(folder.resolve("b.csv"), new byte[] {'a', (byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> TraceReader.read(bytes))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("is not text in UTF-8");
  }

  @Test
  void whatBpftracePrintsByItselfCommentsAndOrderOfColumnsDoNotMatter() throws IOException {
    Path file =
        file("Attaching 20 probes...\n# mine\ncpu,duration_ns,operation\n\n3, 100.5 ,einit\r\n");
    List<Cell> cells = TraceReader.read(file).byOperation().get("einit");
    assertThat(cells).singleElement().satisfies(cell -> assertThat(cell.nanos()).contains(100.5));
  }

  @Test
  void scriptWritesOnlyWhatTheReaderKnowsUnderItsHeader() {
    String script = TracingScript.text();
    assertThat(script).contains("printf(\"operation,duration_ns,count,chunks,cpu\\n\")");
    Matcher rows = Pattern.compile("printf\\(\"([a-z-]+),(.*?)\\\\n\"").matcher(script);
    int found = 0;
    while (rows.find()) {
      if (!rows.group(1).equals("operation")) {
        assertThat(Operation.named(rows.group(1))).as(rows.group(1)).isPresent();
        assertThat(Operation.named(rows.group(1)).orElseThrow().traced()).isTrue();
        assertThat(rows.group(2).split(",")).as(rows.group()).hasSize(4);
        found++;
      }
    }
    assertThat(found).isEqualTo(Operation.composites().stream().filter(Operation::traced).count());
  }
}
