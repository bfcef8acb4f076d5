package dev.ksgx.hardware.vectors;

import static dev.ksgx.hardware.testkit.Replay.NO_TOKEN;
import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.PageStream;
import dev.ksgx.hardware.image.SgxsReader;
import dev.ksgx.hardware.image.SigStructFile;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.testkit.Replay;
import dev.ksgx.hardware.vectors.Vectors.Vector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Real enclaves and SIGSTRUCTs on the machine. */
class MachineVectorTest {
  private static final String LE = "intel-launch-enclave-2023";

  @TestFactory
  List<DynamicTest> eachStreamReplayedLeafByLeafPassesEinitAndMeasuresToItsMrenclave() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Vector vector : Vectors.ofKind("sgxs")) {
      tests.add(DynamicTest.dynamicTest(vector.toString(), () -> replay(vector)));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(18);
    return tests;
  }

  private static void replay(Vector vector) throws IOException {
    PageStream stream = SgxsReader.read(vector.path());
    if (hasPageOutsideElrange(vector)) {
      assertRefusedAtElrange(stream);
      return;
    }
    for (var name : vector.facts().get("signed_by")) {
      SigStruct sig = SigStructFile.read(vector.folder().resolve(name.asText()));
      if (!sig.headerIsLegal()) {
        continue;
      }
      Replay replay = Replay.of(stream, sig);
      replay.setHash(sig.mrsigner());
      assertThat(replay.einit(sig, NO_TOKEN).describe()).isEqualTo("EINIT: done");
      assertThat(replay.secs().mrenclave().hex())
          .isEqualTo(vector.expected().get("mrenclave").asText());
      assertThat(replay.secs().mrsigner()).isEqualTo(sig.mrsigner());
      assertThat(replay.secs().isvSvn()).isEqualTo(sig.isvSvn());
      assertThat(replay.machine.conflicts()).isZero();
    }
  }

  /** By its facts one stream was measured by a tool that does not check what EADD step 13 does. */
  private static boolean hasPageOutsideElrange(Vector vector) {
    long highest = Long.decode(vector.expected().get("highest_page").asText());
    return highest >= vector.expected().get("size").asLong();
  }

  private static void assertRefusedAtElrange(PageStream stream) {
    SigStruct plain = SigStruct.builder().attributes(new Attributes(4, 3)).build();
    assertThatThrownBy(() -> Replay.of(stream, plain))
        .hasMessageContaining("EADD: #GP(0): step 13 demands that LINADDR is in ELRANGE");
  }

  @Test
  void intelsLaunchEnclavePassesWithTheMsrsAtResetAndNoToken() throws IOException {
    SigStruct sig = SigStructFile.read(Vectors.file(LE, "le_prod_css.sig").path());
    Replay replay = replay(LE, "le.sgxs.gz", sig);
    assertThat(replay.einit(sig, NO_TOKEN).describe()).isEqualTo("EINIT: done");
  }

  @Test
  void intelsDebugTypeSigStructIsRefusedAtItsHeader() throws IOException {
    SigStruct sig = SigStructFile.read(Vectors.file(LE, "le-embedded-debug-type.sig").path());
    Replay replay = replay(LE, "le.sgxs.gz", sig);
    assertCode(replay.einit(sig, NO_TOKEN), 4, SgxCode.INVALID_SIG_STRUCT);
  }

  @Test
  void enclavesOfOtherSignersNeedATokenUnderTheResetValue() throws IOException {
    String[][] cases = {
      {"fortanix-sgx-detect", "test_enclave.sgxs", "test_enclave.sig"},
      {"pingpong-enclave", "enclave.sgxs.gz", "enclave.sig"},
      {"intel-tdqe", "tdqe.sgxs.gz", "tdqe-svn5.sig"}
    };
    for (String[] c : cases) {
      SigStruct sig = SigStructFile.read(Vectors.file(c[0], c[2]).path());
      Replay replay = replay(c[0], c[1], sig);
      assertCode(replay.einit(sig, NO_TOKEN), 15, SgxCode.INVALID_EINITTOKEN);
    }
  }

  @Test
  void intelsLaunchEnclaveIsRefusedUnderOtherMsrs() throws IOException {
    SigStruct sig = SigStructFile.read(Vectors.file(LE, "le_prod_css.sig").path());
    Replay replay = replay(LE, "le.sgxs.gz", sig);
    replay.setHash(sig.mrsigner().withFlippedBit(31, 7));
    assertCode(replay.einit(sig, NO_TOKEN), 12, SgxCode.INVALID_ATTRIBUTE);
  }

  @Test
  void tokenOfTheSdkSimulationIsRefused() throws IOException {
    SigStruct sig = SigStructFile.read(Vectors.file("pingpong-enclave", "enclave.sig").path());
    Replay replay = replay("pingpong-enclave", "enclave.sgxs.gz", sig);
    Path file = Vectors.file("pingpong-enclave", "simulated.token").path();
    EinitToken token = EinitToken.parse(Vectors.read(file));
    assertThat(token.mrenclave()).isEqualTo(sig.enclaveHash());
    assertCode(replay.einit(sig, token), 17, SgxCode.INVALID_EINITTOKEN);
  }

  @Test
  void withoutKssItsFieldsAreGuardedAsReservedBytes() {
    SigStruct sig = SigStruct.parse(Vectors.file(LE, "le_prod_css.sig").bytes());
    assertEachFlipIsRefused(Machine.create(MachineConfig.builder().build()), sig, false);
  }

  @TestFactory
  List<DynamicTest> eachBitOfEachSigStructIsGuardedByItsStep() {
    List<DynamicTest> tests = new ArrayList<>();
    Machine machine = Replay.bigMachine();
    for (Vector vector : Vectors.ofKind("sigstruct")) {
      SigStruct sig = SigStruct.parse(vector.bytes());
      if (sig.headerIsLegal()) {
        tests.add(
            DynamicTest.dynamicTest(
                vector.toString(), () -> assertEachFlipIsRefused(machine, sig, true)));
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(28);
    return tests;
  }

  /** Steps 4 to 6 come before the SECS is looked at, so no enclave is needed. */
  private static void assertEachFlipIsRefused(Machine machine, SigStruct sig, boolean kss) {
    long notAnSecs = machine.epc().addressOf(5);
    LeafResult genuine = machine.processor(0).run(Encls.einit(notAnSecs, sig, NO_TOKEN));
    assertThat(genuine.step()).as("the genuine one gets to the SECS").isEqualTo(8);
    for (int offset = 0; offset < 1808; offset++) {
      boolean header = isHeaderOrReserved(offset, kss);
      for (int bit = 0; bit < 8; bit++) {
        SigStruct flipped = SigStruct.parse(sig.bytes().withFlippedBit(offset, bit));
        LeafResult result = machine.processor(0).run(Encls.einit(notAnSecs, flipped, NO_TOKEN));
        assertThat(result.code())
            .as("byte %d bit %d", offset, bit)
            .isEqualTo(header ? SgxCode.INVALID_SIG_STRUCT : SgxCode.INVALID_SIGNATURE);
      }
    }
  }

  /** Written out from isa.md 1.5 and 6.1 step 4, without the layout table under test. */
  private static boolean isHeaderOrReserved(int offset, boolean kss) {
    boolean headers = offset < 20 || offset >= 24 && offset < 40 || offset >= 512 && offset < 516;
    boolean reserved =
        offset >= 44 && offset < 128
            || offset >= 908 && offset < 912
            || offset >= 992 && offset < 1008
            || offset >= 1028 && offset < 1040;
    boolean kssFields = offset >= 912 && offset < 928 || offset >= 1008 && offset < 1024;
    return headers || reserved || kssFields && !kss;
  }

  private static Replay replay(String folder, String stream, SigStruct sig) throws IOException {
    return Replay.of(SgxsReader.read(Vectors.file(folder, stream).path()), sig);
  }
}
