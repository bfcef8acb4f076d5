package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertConflictCode;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertInfo;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EBLOCK, isa.md 3.3. */
class EblockTest {
  private final Rig rig = Rig.everything();
  private final Swap swap = new Swap(rig);
  private final long data = swap.page(TestEnclave.DATA);

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1PageIsAligned() {
    assertGp(rig.cpu.run(Encls.eblock(data + 256)), 1);
  }

  @Test
  void step2PageIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.eblock(rig.outsideEpc())), 2, rig.outsideEpc());
  }

  @Test
  void step3PageInExclusiveUseIsAConflictWithACode() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(data));
    assertConflictCode(rig.cpu.run(Encls.eblock(data)), 3);
    removal.abort();
  }

  @Test
  void step3PageInSharedUseIsNoConflict() {
    LeafInFlight reading = rig.other.begin(Encls.edbgrd(data));
    rig.ok(Encls.eblock(data));
    reading.end();
  }

  @Test
  void step4PageIsValid() {
    assertCode(rig.cpu.run(Encls.eblock(rig.page(30))), 4, SgxCode.PG_INVLD);
  }

  @Test
  void step5SecsAndVersionArrayAreNotBlocked() {
    assertInfo(rig.cpu.run(Encls.eblock(rig.page(0))), 5, SgxCode.PG_IS_SECS);
    assertInfo(rig.cpu.run(Encls.eblock(rig.page(Swap.VA))), 5, SgxCode.NOTBLOCKABLE);
    assertThat(rig.machine.epc().inspect(0).blocked()).isFalse();
    assertThat(rig.machine.epc().inspect(Swap.VA).blocked()).isFalse();
  }

  @Test
  void step5RegTcsAndTrimAreBlocked() {
    rig.plant(30, PageType.TRIM, 0, 0, Rig.BASE + 0x8000);
    rig.ok(Encls.eblock(rig.page(30)));
    rig.ok(Encls.eblock(swap.page(TestEnclave.TCS)));
    rig.ok(Encls.eblock(data));
  }

  @Test
  void step6PageIsNotBlockedYet() {
    rig.ok(Encls.eblock(data));
    assertInfo(rig.cpu.run(Encls.eblock(data)), 6, SgxCode.BLKSTATE);
  }

  @Test
  void step7TrackingCycleJustStartingIsAConflict() {
    LeafInFlight tracking = rig.other.begin(Encls.etrack(rig.page(0)));
    LeafResult result = rig.cpu.run(Encls.eblock(data));
    assertThat(result.code()).isEqualTo(SgxCode.ENTRYEPOCH_LOCKED);
    assertThat(result.status()).isEqualTo(Status.CODE);
    assertThat(result.step()).isEqualTo(7);
    assertThat(result.conflict()).isTrue();
    tracking.end();
    rig.ok(Encls.eblock(data));
  }

  @Test
  void step7UnfinishedCycleIsNoObstacle() {
    swap.enclave.enter();
    assertThat(rig.other.run(Encls.etrack(rig.page(0))).isOk()).isTrue();
    assertThat(rig.other.run(Encls.eblock(data)).isOk()).isTrue();
  }

  @Test
  void effectKeepsAccessesAndEntriesOut() {
    swap.enclave.enter();
    assertThat(rig.cpu.load(Rig.BASE + TestEnclave.DATA, 8).isFault()).isFalse();
    assertThat(rig.other.run(Encls.eblock(data)).isOk()).isTrue();
    assertThat(rig.machine.epc().inspect(swap.enclave.frame(TestEnclave.DATA)).blocked()).isTrue();
    assertThat(rig.cpu.load(Rig.BASE + TestEnclave.DATA, 8).isFault()).isTrue();
    assertThat(rig.other.run(Encls.eblock(swap.page(TestEnclave.TCS))).isOk()).isTrue();
    rig.cpu.eexit();
    assertPf(swap.enclave.eenter(rig.cpu), 5, Rig.BASE + TestEnclave.TCS);
  }

  @Test
  void effectIsInvisibleUntilTheLeafEnds() {
    LeafInFlight leaf = rig.cpu.begin(Encls.eblock(data));
    int frame = swap.enclave.frame(TestEnclave.DATA);
    assertThat(rig.machine.epc().inspect(frame).blocked()).isFalse();
    leaf.end();
    assertThat(rig.machine.epc().inspect(frame).blocked()).isTrue();
  }

  @Test
  void effectDemandsACycleThatBeginsLater() {
    rig.ok(Encls.etrack(rig.page(0)));
    rig.ok(Encls.eblock(data));
    assertCode(rig.cpu.run(Encls.ewb(data, swap.slot(0))), 12, SgxCode.NOT_TRACKED);
    rig.ok(Encls.etrack(rig.page(0)));
    rig.ok(Encls.ewb(data, swap.slot(0)));
  }

  /** Of two processors that block a page at once the later does not make it wait once more. */
  @Test
  void effectOfTwoAtOnceIsThatOfTheFirst() {
    LeafInFlight late = rig.other.begin(Encls.eblock(data));
    rig.ok(Encls.eblock(data));
    rig.ok(Encls.etrack(rig.page(0)));
    late.end();
    rig.ok(Encls.ewb(data, swap.slot(0)));
  }

  @Test
  void effectTakesTheEpochWhenThePageIsBlockedAndNotBefore() {
    LeafInFlight blocking = rig.other.begin(Encls.eblock(data));
    rig.ok(Encls.etrack(rig.page(0)));
    blocking.end();
    assertCode(rig.cpu.run(Encls.ewb(data, swap.slot(0))), 12, SgxCode.NOT_TRACKED);
  }

  @Test
  void effectIsOnEnclavesThatAreNotInitialisedToo() {
    TestEnclave building = TestEnclave.built(rig, 10, Rig.secs().build());
    rig.ok(Encls.eblock(rig.page(building.frame(TestEnclave.DATA))));
  }
}
