package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.BASE;
import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EREMOVE, isa.md 3.3. */
class EremoveTest {
  private final Rig rig = Rig.everything();

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1PageIsAligned() {
    assertGp(rig.cpu.run(Encls.eremove(rig.page(0) + 8)), 1);
  }

  @Test
  void step2PageIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.eremove(rig.outsideEpc())), 2, rig.outsideEpc());
  }

  @Test
  void step3PageInUseIsAConflict() {
    TestEnclave enclave = TestEnclave.launched(rig, 0);
    long data = rig.page(enclave.frame(TestEnclave.DATA));
    LeafInFlight reading = rig.other.begin(Encls.edbgrd(data));
    assertConflict(rig.cpu.run(Encls.eremove(data)), 3);
    reading.end();
    rig.ok(Encls.eremove(data));
  }

  @Test
  void step4InvalidPageIsRemovedAlready() {
    rig.ok(Encls.eremove(rig.page(0)));
    assertThat(rig.machine.epc().inspect(0).valid()).isFalse();
  }

  @Test
  void step5VersionArrayGoes() {
    rig.ok(Encls.epa(rig.page(0)));
    rig.ok(Encls.eremove(rig.page(0)));
    assertThat(rig.machine.epc().inspect(0).valid()).isFalse();
  }

  @Test
  void step5AcceptedTrimPageGoesWhileThreadsAreInside() {
    TestEnclave enclave = TestEnclave.launched(rig, 0);
    rig.plant(20, PageType.TRIM, 0, 0, BASE + 0x8000);
    rig.epcm.secs(0).addChild();
    enclave.enter();
    int children = rig.epcm.secs(0).children();
    assertThat(rig.other.run(Encls.eremove(rig.page(20))).isOk()).isTrue();
    assertThat(rig.epcm.secs(0).children()).isEqualTo(children - 1);
    assertThat(rig.machine.epc().inspect(20).valid()).isFalse();
  }

  @Test
  void step6SecsWithPagesStays() {
    TestEnclave enclave = TestEnclave.launched(rig, 0);
    assertCode(rig.cpu.run(Encls.eremove(rig.page(0))), 6, SgxCode.CHILD_PRESENT);
    for (int frame = 1; frame <= 6; frame++) {
      rig.ok(Encls.eremove(rig.page(frame)));
    }
    rig.ok(Encls.eremove(enclave.secsPage()));
    assertThat(rig.epcm.secs(0)).isNull();
  }

  @Test
  void step6CountsAPageThatIsJustBeingRemoved() {
    rig.create(0);
    rig.ok(Encls.eadd(rig.page(1), rig.page(0), BASE, TestEnclave.RW, TestEnclave.ZEROS));
    LeafInFlight removal = rig.other.begin(Encls.eremove(rig.page(1)));
    assertCode(rig.cpu.run(Encls.eremove(rig.page(0))), 6, SgxCode.CHILD_PRESENT);
    removal.end();
    rig.ok(Encls.eremove(rig.page(0)));
  }

  @Test
  void step7PageStaysWhileAThreadIsInside() {
    TestEnclave enclave = TestEnclave.launched(rig, 0);
    enclave.enter();
    long data = rig.page(enclave.frame(TestEnclave.DATA));
    assertCode(rig.other.run(Encls.eremove(data)), 7, SgxCode.ENCLAVE_ACT);
    rig.cpu.eexit();
    rig.ok(Encls.eremove(data));
  }

  @Test
  void step7UnacceptedTrimPageStaysWhileAThreadIsInside() {
    TestEnclave enclave = TestEnclave.launched(rig, 0);
    rig.plant(20, PageType.TRIM, EpcmState.MODIFIED, 0, BASE + 0x8000);
    enclave.enter();
    assertCode(rig.other.run(Encls.eremove(rig.page(20))), 7, SgxCode.ENCLAVE_ACT);
  }

  @Test
  void step7KeepsThreadsOutUntilThePageIsGone() {
    TestEnclave enclave = TestEnclave.launched(rig, 0);
    long data = rig.page(enclave.frame(TestEnclave.DATA));
    LeafInFlight removal = rig.other.begin(Encls.eremove(data));
    assertConflict(enclave.eenter(rig.cpu), 4);
    removal.abort();
    assertThat(enclave.eenter(rig.cpu).isOk()).isTrue();
  }

  @Test
  void effectIsAnInvalidPageAndOneChildLess() {
    TestEnclave enclave = TestEnclave.launched(rig, 0);
    int children = rig.epcm.secs(0).children();
    int frame = enclave.frame(TestEnclave.DATA);
    rig.ok(Encls.eremove(rig.page(frame)));
    assertThat(rig.machine.epc().inspect(frame).valid()).isFalse();
    assertThat(rig.epcm.secs(0).children()).isEqualTo(children - 1);
  }
}
