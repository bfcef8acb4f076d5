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

/** EDBGWR, isa.md 3.3. */
class EdbgwrTest {
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
    assertGp(rig.cpu.run(Encls.edbgwr(data + 4, 1)), 1);
  }

  @Test
  void step2AddressIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.edbgwr(rig.outsideEpc(), 1)), 2, rig.outsideEpc());
  }

  @Test
  void step3PageInExclusiveUseIsAConflict() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(data));
    assertConflict(rig.cpu.run(Encls.edbgwr(data, 1)), 3);
    removal.abort();
  }

  @Test
  void step4PageIsValid() {
    assertPf(rig.cpu.run(Encls.edbgwr(rig.page(30), 1)), 4, rig.page(30));
  }

  @Test
  void step5PageIsRegOrTcs() {
    assertPf(rig.cpu.run(Encls.edbgwr(rig.page(0), 1)), 5, rig.page(0));
    rig.ok(Encls.epa(rig.page(30)));
    assertPf(rig.cpu.run(Encls.edbgwr(rig.page(30), 1)), 5, rig.page(30));
  }

  @Test
  void step6PageIsNeitherPendingNorModified() {
    rig.plant(30, PageType.REG, EpcmState.PENDING, 0, Rig.BASE + 0x8000);
    assertCode(rig.cpu.run(Encls.edbgwr(rig.page(30), 1)), 6, SgxCode.PAGE_NOT_DEBUGGABLE);
  }

  @Test
  void step7OnlyFlagsOfATcsAreWritten() {
    assertGp(rig.cpu.run(Encls.edbgwr(tcs, 1)), 7);
    assertGp(rig.cpu.run(Encls.edbgwr(tcs + 16, 1)), 7);
    rig.ok(Encls.edbgwr(tcs + 8, 1));
  }

  @Test
  void step8EnclaveIsADebugEnclave() {
    TestEnclave production = TestEnclave.built(rig, 10, Rig.secs(Attributes.MODE64BIT).build());
    assertGp(rig.cpu.run(Encls.edbgwr(rig.page(production.frame(TestEnclave.DATA)), 1)), 8);
  }

  @Test
  void effectWritesEightBytesAndLeavesSharedContentsAlone() {
    Bytes shared = Bytes.zeros(4096).with(0, Bytes.fromHex("11"));
    int first = enclave.add(0x8000, SecInfo.reg(true, false, false), shared);
    int second = enclave.add(0x9000, SecInfo.reg(true, false, false), shared);
    rig.ok(Encls.edbgwr(rig.page(first) + 8, 0x0807060504030201L));
    assertThat(read(rig.page(first) + 8)).isEqualTo(0x0807060504030201L);
    assertThat(read(rig.page(first))).isEqualTo(0x11);
    assertThat(read(rig.page(second) + 8)).isZero();
    assertThat(shared.u64(8)).isZero();
  }

  @Test
  void effectIsMeasuredByALaterEextend() {
    Bytes before = rig.epcm.secs(0).measurement().mrenclave();
    rig.ok(Encls.edbgwr(data, 5));
    rig.ok(Encls.eextend(rig.page(0), data));
    Bytes changed = rig.epcm.secs(0).measurement().mrenclave();
    TestEnclave twin = TestEnclave.built(rig, 10, Rig.secs().build());
    assertThat(rig.epcm.secs(10).measurement().mrenclave()).isEqualTo(before);
    rig.ok(Encls.eextend(rig.page(10), rig.page(twin.frame(TestEnclave.DATA))));
    assertThat(rig.epcm.secs(10).measurement().mrenclave()).isNotEqualTo(changed);
  }

  @Test
  void effectOnTcsFlagsIsSeenByTheNextEntry() {
    enclave.launch();
    rig.ok(Encls.edbgwr(tcs + 8, 1));
    enclave.enter();
    rig.cpu.eexit();
    rig.ok(Encls.edbgwr(tcs + 8, 4));
    assertGp(enclave.eenter(rig.cpu), 8);
  }

  @Test
  void effectIsInvisibleUntilTheLeafEnds() {
    LeafInFlight leaf = rig.cpu.begin(Encls.edbgwr(data, 7));
    assertThat(read(data)).isZero();
    leaf.end();
    assertThat(read(data)).isEqualTo(7);
  }

  private long read(long address) {
    LeafInFlight leaf = rig.other.begin(Encls.edbgrd(address));
    leaf.end();
    return leaf.rbx();
  }
}
