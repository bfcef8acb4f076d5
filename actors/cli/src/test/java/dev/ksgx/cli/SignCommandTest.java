package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ksgx.hardware.image.SigStructFile;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.SigStruct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignCommandTest {
  @TempDir private Path folder;
  private Path sgxs;
  private Path key;
  private Path out;

  @BeforeEach
  void files() throws IOException {
    sgxs = Samples.sgxs(folder);
    key = Samples.key(folder, 3072, 3);
    out = folder.resolve("new.sig");
  }

  @Test
  void signatureAgreesWithTheEnclave() {
    Ran ran = Ran.ksgx("sign", sgxs, "--key", key, "--out", out);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    Ran measured = Ran.ksgx("measure", sgxs, "--sigstruct", out, "--json");
    assertThat(measured.code()).isEqualTo(ExitCode.OK);
    assertThat(measured.out()).contains("\"signatureValid\":true,\"mrenclaveMatches\":true");
  }

  @Test
  void fieldsAreThoseAskedFor() throws IOException {
    Ran ran =
        Ran.ksgx(
            "sign",
            sgxs,
            "--key",
            key,
            "--out",
            out,
            "--vendor",
            "0x8086",
            "--date",
            "20171113",
            "--isvprodid",
            7,
            "--isvsvn",
            "0x102",
            "--attributes",
            "0x14/0x7",
            "--attribute-mask",
            "0xfffffffffffffffd/0xffffffffffffffff",
            "--miscselect",
            1,
            "--misc-mask",
            "0xff",
            "--debug");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    SigStruct signed = SigStructFile.read(out);
    assertThat(signed.vendor()).isEqualTo(0x8086);
    assertThat(signed.date()).isEqualTo(0x20171113);
    assertThat(signed.isvProdId()).isEqualTo(7);
    assertThat(signed.isvSvn()).isEqualTo(0x102);
    assertThat(signed.attributes()).isEqualTo(new Attributes(0x16, 7));
    assertThat(signed.attributeMask()).isEqualTo(new Attributes(~2L, -1));
    assertThat(signed.miscSelect()).isEqualTo(1);
    assertThat(signed.miscMask()).isEqualTo(0xff);
    assertThat(signed.headerIsLegal()).isTrue();
    assertThat(signed.reservedBytesAreZero(false)).isTrue();
  }

  @Test
  void debugEnclaveMustBeLaunchedAsOne() throws IOException {
    Ran.ksgx("sign", sgxs, "--key", key, "--out", out, "--debug");
    SigStruct signed = SigStructFile.read(out);
    assertThat(signed.attributes().has(Attributes.DEBUG)).isTrue();
    assertThat(signed.attributeMask().has(Attributes.DEBUG)).isTrue();
  }

  @Test
  void sameInputGivesTheSameBytes() throws IOException {
    Ran.ksgx("sign", sgxs, "--key", key, "--out", out, "--date", "20171113");
    byte[] first = Files.readAllBytes(out);
    Ran.ksgx("sign", sgxs, "--key", key, "--out", out, "--date", "20171113");
    assertThat(Files.readAllBytes(out)).isEqualTo(first);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(sgxs, key, out);
    }
  }

  @Test
  void independentCheckerAgrees() throws Exception {
    Path checker = Vectors.file("check.py");
    assumeTrue(hasPython(), "python3 is not there");
    Ran.ksgx("sign", sgxs, "--key", key, "--out", out);
    Process process =
        new ProcessBuilder("python3", checker.toString(), "sig", out.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said)
        .contains("\"signature_valid\": true")
        .contains("\"q1_valid\": true")
        .contains("\"q2_valid\": true")
        .contains("\"header_ok\": true")
        .contains("\"reserved_all_zero\": true");
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      Process process = new ProcessBuilder("python3", "--version").start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
