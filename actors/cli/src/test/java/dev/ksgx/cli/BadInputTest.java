package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input: exit code 2, one line that says what, where and what is right, nothing written. */
class BadInputTest {
  @TempDir private Path folder;
  private Path sgxs;
  private byte[] stream;

  @BeforeEach
  void enclave() throws IOException {
    sgxs = Samples.sgxs(folder);
    stream = Files.readAllBytes(sgxs);
  }

  private void refused(Ran ran, String... said) throws IOException {
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("ksgx: ").endsWith("\n").contains(said);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).doesNotContain("Exception").doesNotContain("\tat ");
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  @Test
  void truncatedStream() throws IOException {
    Path cut = file("cut.sgxs", Arrays.copyOf(stream, stream.length - 100));
    refused(Ran.ksgx("measure", cut), cut.toString());
  }

  @Test
  void emptyStream() throws IOException {
    Path empty = file("empty.sgxs", new byte[0]);
    refused(Ran.ksgx("measure", empty), empty.toString());
  }

  @Test
  void bytesBehindTheStream() throws IOException {
    Path longer = file("long.sgxs", Arrays.copyOf(stream, stream.length + 7));
    refused(Ran.ksgx("measure", longer), longer.toString());
  }

  @Test
  void reorderedStream() throws IOException {
    byte[] reordered = stream.clone();
    System.arraycopy(stream, 64, reordered, 0, 64);
    System.arraycopy(stream, 0, reordered, 64, 64);
    Path file = file("reordered.sgxs", reordered);
    refused(Ran.ksgx("measure", file), file.toString(), "ECREATE");
  }

  @Test
  void fileThatIsNoStream() throws IOException {
    Path text = file("text.sgxs", "hello, this is no enclave at all, just words".getBytes());
    refused(Ran.ksgx("measure", text), text.toString());
    Path key = Samples.key(folder, 3072, 3);
    refused(
        Ran.ksgx("sign", text, "--key", key, "--out", folder.resolve("o.sig")), text.toString());
    assertThat(folder.resolve("o.sig")).doesNotExist();
  }

  @Test
  void brokenGzip() throws IOException {
    Path broken = file("broken.sgxs.gz", new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3});
    refused(Ran.ksgx("measure", broken), broken.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1807, 1809, 4096})
  void sigStructOfAnotherSize(int size) throws IOException {
    Path sig = file("wrong.sig", new byte[size]);
    refused(Ran.ksgx("measure", sgxs, "--sigstruct", sig), sig.toString(), size + " bytes", "1808");
  }

  @Test
  void missingAndUnreadableFiles() throws IOException {
    refused(Ran.ksgx("measure", folder.resolve("none.sgxs")), "none.sgxs: no such file");
    refused(Ran.ksgx("measure", folder), "is a directory, expected an SGXS file");
    refused(Ran.ksgx("measure", sgxs, "--sigstruct", "none.sig"), "none.sig: no such file");
    refused(Ran.ksgx("show", folder), "is neither a file nor one of the embedded scenarios");
    refused(Ran.ksgx("run", "none.conf"), "none.conf: is neither a file");
  }

  @Test
  void keysThatCannotSign() throws IOException {
    Path out = folder.resolve("o.sig");
    Path small = Samples.key(folder, 2048, 3);
    refused(Ran.ksgx("sign", sgxs, "--key", small, "--out", out), "2048 bits, expected 3072");
    Path exponent = Samples.key(folder, 3072, 65537);
    refused(Ran.ksgx("sign", sgxs, "--key", exponent, "--out", out), "65537, expected 3");
    Path text = file("no.pem", "no key".getBytes());
    refused(Ran.ksgx("sign", sgxs, "--key", text, "--out", out), text.toString());
    refused(Ran.ksgx("sign", sgxs, "--key", "none.pem", "--out", out), "none.pem: no such file");
    assertThat(out).doesNotExist();
  }

  @Test
  void placesThatCannotBeWritten() throws IOException {
    Path key = Samples.key(folder, 3072, 3);
    refused(
        Ran.ksgx("sign", sgxs, "--key", key, "--out", folder.resolve("no/o.sig")),
        "no such directory");
    refused(Ran.ksgx("sign", sgxs, "--key", key, "--out", folder), "is a directory");
    refused(Ran.ksgx("sign", sgxs, "--key", key, "--out", sgxs), "is also an input");
    assertThat(Files.readAllBytes(sgxs)).isEqualTo(stream);
    refused(Ran.ksgx("run", "--out", sgxs.resolve("x")), "is not a directory");
  }

  @Test
  void resultFolderThatCannotBeMadeIsRefusedBeforeTheRun() throws IOException {
    refused(Ran.ksgx("run", "--set", "load.length=100000 s", "--out", "/proc/x"), "/proc/x");
  }

  @Test
  void fieldsOfASignatureOutOfRange() throws IOException {
    Path key = Samples.key(folder, 3072, 3);
    Path out = folder.resolve("o.sig");
    String[][] cases = {
      {"--isvsvn", "-1", "must be a number from 0 to 0xffff"},
      {"--isvsvn", "65536", "must be a number from 0 to 0xffff"},
      {"--isvprodid", "one", "must be a number from 0 to 0xffff"},
      {"--vendor", "5", "must be 0 or 0x8086"},
      {"--date", "20171399", "must be a day as YYYYMMDD"},
      {"--date", "yesterday", "must be a day as YYYYMMDD"},
      {"--attributes", "0x4/0x3/0x1", "must be FLAGS or FLAGS/XFRM"},
      {"--attributes", "-4", "must be a number from 0"},
      {"--misc-mask", "0x100000000", "must be a number from 0 to 0xffffffff"},
    };
    for (String[] one : cases) {
      refused(
          Ran.ksgx("sign", sgxs, "--key", key, "--out", out, one[0], one[1]),
          one[0] + " " + one[1],
          one[2]);
    }
    assertThat(out).doesNotExist();
  }

  @Test
  void unknownNamesGetTheNearestKnownOne() throws IOException {
    refused(Ran.ksgx("run", "--sede", "7"), "unknown option --sede", "--seed");
    refused(Ran.ksgx("messure", sgxs), "unknown command messure", "measure");
    refused(Ran.ksgx("run", "--set", "load.raet=5"), "unknown key load.raet", "load.rate");
    refused(Ran.ksgx("run", "--set", "machine.coers=5"), "machine.coers", "machine.cores");
  }

  @Test
  void badOptions() throws IOException {
    refused(Ran.ksgx(), "a command is missing");
    refused(Ran.ksgx("measure"), "F.sgxs");
    refused(Ran.ksgx("sign", sgxs), "--key", "--out");
    refused(Ran.ksgx("run", "--seed", "-7"), "--seed -7: must be a whole number from 0");
    refused(Ran.ksgx("run", "--seed", "seven"), "--seed seven");
    refused(Ran.ksgx("run", "--set", "load.rate=-5"), "load.rate = -5");
    refused(Ran.ksgx("run", "--set", "load.rate=1e300"), "at most 10000000");
    refused(Ran.ksgx("run", "--set", "rate"), "must be key=value");
    refused(Ran.ksgx("run", "--enclave", sgxs, "--set", "a=}"), "command line");
    refused(Ran.ksgx("run", "a.conf", "b.conf"), "b.conf");
    refused(Ran.ksgx("run", "--enclave", sgxs), "each enclave needs exactly one SIGSTRUCT");
    refused(Ran.ksgx("run", "--sigstruct", sgxs), "each enclave needs exactly one SIGSTRUCT");
  }

  @Test
  void enclaveThatTheIoctlsCannotExpress() throws IOException {
    byte[] twice = Arrays.copyOf(stream, stream.length + 64);
    System.arraycopy(stream, 64, twice, stream.length, 64);
    Path file = file("twice.sgxs", twice);
    Path sig = Samples.sigStruct(folder, SampleEnclaves.tiny());
    refused(Ran.ksgx("run", "--enclave", file, "--sigstruct", sig), file.toString());
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    Path key = Samples.key(folder, 2048, 3);
    Ran.ksgx("sign", sgxs, "--key", key, "--out", folder.resolve("o.sig"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(sgxs, key);
    }
  }
}
