package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EDBGRD, isa.md 3.3. */
class EdbgrdTest {
  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.built(rig, 0, Rig.secs().build());
  private final long data = rig.page(enclave.frame(TestEnclave.DATA));
  private final long tcs = rig.page(enclave.frame(TestEnclave.TCS));

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1AddressIsAligned() {
    assertGp(rig.cpu.run(Encls.edbgrd(data + 4)), 1);
    rig.cpu.control(new ControlState(false, true, true, 3));
    rig.ok(Encls.edbgrd(data + 4));
    assertGp(rig.cpu.run(Encls.edbgrd(data + 2)), 1);
  }

  @Test
  void step2AddressIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.edbgrd(rig.outsideEpc())), 2, rig.outsideEpc());
  }

  @Test
  void step3PageInExclusiveUseIsAConflict() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(data));
    assertConflict(rig.cpu.run(Encls.edbgrd(data)), 3);
    removal.abort();
  }

  @Test
  void step4PageIsValid() {
    assertPf(rig.cpu.run(Encls.edbgrd(rig.page(30))), 4, rig.page(30));
  }

  @Test
  void step5PageIsRegTcsOrVa() {
    assertPf(rig.cpu.run(Encls.edbgrd(rig.page(0))), 5, rig.page(0));
    rig.plant(30, PageType.TRIM, 0, 0, Rig.BASE + 0x8000);
    assertPf(rig.cpu.run(Encls.edbgrd(rig.page(30))), 5, rig.page(30));
  }

  @Test
  void step6PageIsNeitherPendingNorModified() {
    rig.plant(30, PageType.REG, EpcmState.PENDING, 0, Rig.BASE + 0x8000);
    assertCode(rig.cpu.run(Encls.edbgrd(rig.page(30))), 6, SgxCode.PAGE_NOT_DEBUGGABLE);
    rig.plant(30, PageType.REG, EpcmState.MODIFIED, 0, Rig.BASE + 0x8000);
    assertCode(rig.cpu.run(Encls.edbgrd(rig.page(30))), 6, SgxCode.PAGE_NOT_DEBUGGABLE);
  }

  @Test
  void step7TcsIsReadUpToItsLimit() {
    rig.ok(Encls.edbgrd(tcs + 64));
    assertGp(rig.cpu.run(Encls.edbgrd(tcs + 72)), 7);
  }

  @Test
  void step8EnclaveIsADebugEnclave() {
    TestEnclave production = TestEnclave.built(rig, 10, Rig.secs(Attributes.MODE64BIT).build());
    assertGp(rig.cpu.run(Encls.edbgrd(rig.page(production.frame(TestEnclave.DATA)))), 8);
    assertGp(rig.cpu.run(Encls.edbgrd(rig.page(production.frame(TestEnclave.TCS)))), 8);
  }

  @Test
  void effectReadsEightBytesWhateverThePermissions() {
    Bytes page = Bytes.zeros(4096).with(16, Bytes.fromHex("0102030405060708"));
    int frame = enclave.add(0x8000, SecInfo.reg(false, false, false), page);
    LeafInFlight leaf = rig.cpu.begin(Encls.edbgrd(rig.page(frame) + 16));
    leaf.end();
    assertThat(leaf.rbx()).isEqualTo(0x0807060504030201L);
  }

  @Test
  void effectShowsWhatThreadsChangeInATcs() {
    enclave.launch();
    enclave.enter();
    assertThat(read(tcs)).as("STATE").isEqualTo(1);
    assertThat(read(tcs + 40)).as("AEP").isEqualTo(TestEnclave.AEP);
    rig.cpu.aex(32);
    assertThat(read(tcs)).as("STATE").isZero();
    assertThat((int) read(tcs + 24)).as("CSSA").isEqualTo(1);
  }

  @Test
  void effectShowsOfAVersionArrayOnlyWhetherASlotIsInUse() {
    rig.ok(Encls.epa(rig.page(50)));
    rig.epcm.versions(50).store(1, 7);
    rig.epcm.versions(50).store(2, 8);
    assertThat(read(rig.page(50))).isZero();
    assertThat(read(rig.page(50) + 8)).as("the low three bits do not count").isZero();
    assertThat(read(rig.page(50) + 16)).isEqualTo(-1);
  }

  private long read(long address) {
    LeafInFlight leaf = rig.other.begin(Encls.edbgrd(address));
    leaf.end();
    assertThat(leaf.result().isOk()).isTrue();
    return leaf.rbx();
  }
}
