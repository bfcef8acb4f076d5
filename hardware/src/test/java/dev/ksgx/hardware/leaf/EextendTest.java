package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.BASE;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static dev.ksgx.hardware.testkit.TestEnclave.RW;
import static dev.ksgx.hardware.testkit.TestEnclave.ZEROS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** EEXTEND, isa.md 3.3. Frame 0 is the SECS, frame 1 a REG page. */
class EextendTest {
  private final Rig rig = Rig.everything();

  @BeforeEach
  void createEnclave() {
    rig.ok(Encls.ecreate(rig.page(0), Rig.secs().sizeBytes(0x2000).build().bytes()));
    rig.ok(Encls.eadd(rig.page(1), rig.page(0), BASE, RW, ZEROS));
  }

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1SecsIsAligned() {
    assertGp(rig.cpu.run(Encls.eextend(rig.page(0) + 256, rig.page(1))), 1);
  }

  @Test
  void step2SecsIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.eextend(rig.outsideEpc(), rig.page(1))), 2, rig.outsideEpc());
  }

  @Test
  void step3ChunkIsAligned() {
    assertGp(rig.cpu.run(Encls.eextend(rig.page(0), rig.page(1) + 128)), 3);
  }

  @Test
  void step4ChunkIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.eextend(rig.page(0), rig.outsideEpc())), 4, rig.outsideEpc());
  }

  @Test
  void step5PageInExclusiveUseIsAConflict() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(rig.page(1)));
    assertConflict(rig.cpu.run(Encls.eextend(rig.page(0), rig.page(1))), 5);
    removal.abort();
  }

  @Test
  void step6PageIsValid() {
    assertPf(rig.cpu.run(Encls.eextend(rig.page(0), rig.page(2))), 6, rig.page(2));
  }

  @Test
  void step7PageIsRegOrTcs() {
    rig.ok(Encls.epa(rig.page(2)));
    assertPf(rig.cpu.run(Encls.eextend(rig.page(0), rig.page(2))), 7, rig.page(2));
    assertPf(rig.cpu.run(Encls.eextend(rig.page(0), rig.page(0))), 7, rig.page(0));
    rig.plant(3, PageType.TRIM, 0, 0, BASE);
    assertPf(rig.cpu.run(Encls.eextend(rig.page(0), rig.page(3))), 7, rig.page(3));
  }

  @Test
  void step8SecsIsTheOwner() {
    rig.create(2);
    assertGp(rig.cpu.run(Encls.eextend(rig.page(2), rig.page(1))), 8);
  }

  @Test
  void step9EnclaveBeingMeasuredIsAConflict() {
    LeafInFlight adding =
        rig.other.begin(Encls.eadd(rig.page(2), rig.page(0), BASE + 4096, RW, ZEROS));
    assertConflict(rig.cpu.run(Encls.eextend(rig.page(0), rig.page(1))), 9);
    adding.end();
    rig.ok(Encls.eextend(rig.page(0), rig.page(1)));
  }

  @Test
  void step9EnclaveIsNotInitialisedYet() {
    TestEnclave enclave = TestEnclave.launched(rig, 10);
    long data = rig.page(enclave.frame(TestEnclave.DATA));
    assertGp(rig.cpu.run(Encls.eextend(rig.page(10), data)), 9);
  }

  @Test
  void takesTheSecsConcurrentlySoThatOnlyItsGroupLockCounts() {
    LeafInFlight extend = rig.cpu.begin(Encls.eextend(rig.page(0), rig.page(1)));
    assertThat(extend.result().isOk()).isTrue();
    LeafResult removal = rig.other.run(Encls.eremove(rig.page(0)));
    assertThat(removal.conflict()).isFalse();
    assertThat(removal.code()).isEqualTo(13);
    extend.end();
  }

  /** Known answer of isa.md 10.2, third row. */
  @Test
  void effectMeasuresTheChunk() {
    for (int chunk = 0; chunk < 16; chunk++) {
      rig.ok(Encls.eextend(rig.page(0), rig.page(1) + 256 * chunk));
    }
    assertThat(rig.epcm.secs(0).measurement().mrenclave().hex())
        .isEqualTo("1f2cf80bd03ffd8bfac33f7cba128aff511c3af666b93bb66e7ef718418bdade");
  }

  /** Known answer of isa.md 10.2, fourth row: the order of leaves counts. */
  @Test
  void effectFollowsTheOrderOfLeaves() {
    rig.ok(Encls.ecreate(rig.page(4), Rig.secs().sizeBytes(0x4000).build().bytes()));
    byte[] code = new byte[4096];
    java.util.Arrays.fill(code, (byte) 0x90);
    code[0] = 0x0f;
    code[1] = 0x0b;
    Bytes tcs = TestEnclave.tcs().ossa(0x2000).nssa(1).oentry(0).build().bytes();
    addAndExtend(5, 0x1000, SecInfo.tcs(), tcs);
    addAndExtend(6, 0, SecInfo.reg(true, false, true), Bytes.copyOf(code));
    addAndExtend(7, 0x2000, RW, ZEROS);
    assertThat(rig.epcm.secs(4).measurement().blocks()).isEqualTo(244);
    assertThat(rig.epcm.secs(4).measurement().mrenclave().hex())
        .isEqualTo("f548a39d796424d942709c6dd5a3d2df9eb3fe991cb03346b7ded9c2406c81a3");
  }

  private void addAndExtend(int frame, long offset, SecInfo secInfo, Bytes content) {
    rig.ok(Encls.eadd(rig.page(frame), rig.page(4), BASE + offset, secInfo, content));
    for (int chunk = 0; chunk < 16; chunk++) {
      rig.ok(Encls.eextend(rig.page(4), rig.page(frame) + 256 * chunk));
    }
  }
}
