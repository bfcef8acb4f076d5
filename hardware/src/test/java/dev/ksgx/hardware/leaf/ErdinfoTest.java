package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertConflictCode;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertInfo;
import static dev.ksgx.hardware.testkit.Rig.assertNotMapped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.RdInfo;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ERDINFO, isa.md 3.3. */
class ErdinfoTest {
  private final Rig rig = Rig.everything();
  private final Swap swap = new Swap(rig);
  private final long data = swap.page(TestEnclave.DATA);

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1OperandsAreAligned() {
    assertGp(rig.cpu.run(new Erdinfo(16, data, true)), 1);
    assertGp(rig.cpu.run(new Erdinfo(32, data + 8, true)), 1);
  }

  @Test
  void step2PageOutsideTheEpcIsInformation() {
    assertInfo(rig.cpu.run(Encls.erdinfo(rig.outsideEpc())), 2, SgxCode.PG_NONEPC);
  }

  @Test
  void step3PageInExclusiveUseIsAConflictWithACode() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(data));
    assertConflictCode(rig.cpu.run(Encls.erdinfo(data)), 3);
    removal.abort();
  }

  @Test
  void step4PageThatIsNotValidIsInformation() {
    assertInfo(rig.cpu.run(Encls.erdinfo(rig.page(30))), 4, SgxCode.PG_INVLD);
  }

  @Test
  void step5RdInfoIsMapped() {
    assertNotMapped(rig.cpu.run(new Erdinfo(64, data, false)), 5, 64);
  }

  @Test
  void effectTellsOfAPageOfAnEnclave() {
    assertThat(info(data)).isEqualTo(RdInfo.of(0, TestEnclave.RW.flags(), swap.enclave.secsPage()));
    rig.ok(Encls.eblock(data));
    assertThat(info(data).flags()).isEqualTo(TestEnclave.RW.flags() | RdInfo.BLOCKED);
    int bits = EpcmState.R | EpcmState.PENDING | EpcmState.MODIFIED | EpcmState.PR;
    rig.plant(30, PageType.REG, bits, 0, Rig.BASE + 0x8000);
    assertThat(info(rig.page(30)).flags()).isEqualTo(SecInfo.of(PageType.REG, bits).flags());
  }

  @Test
  void effectTellsOfAnSecsWhetherItHasPages() {
    long secs = swap.enclave.secsPage();
    assertThat(info(secs))
        .isEqualTo(RdInfo.of(RdInfo.CHILDPRESENT, SecInfo.of(PageType.SECS, 0).flags(), secs));
    rig.create(30);
    assertThat(info(rig.page(30)).status()).isZero();
  }

  @Test
  void effectTellsOfAVersionArrayItsTypeOnly() {
    assertThat(info(rig.page(Swap.VA)))
        .isEqualTo(RdInfo.of(0, SecInfo.of(PageType.VA, 0).flags(), 0));
  }

  @Test
  void effectIsThereWhenTheLeafHasEnded() {
    LeafInFlight leaf = rig.cpu.begin(Encls.erdinfo(data));
    assertThatThrownBy(leaf::rdInfo).isInstanceOf(IllegalStateException.class);
    leaf.end();
    assertThat(leaf.rdInfo()).isNotNull();
    assertThatThrownBy(leaf::evicted).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void gateKnowsTheLeafOnlyWhereCpuidDoes() {
    Rig client = Rig.client();
    assertGp(client.cpu.run(Encls.erdinfo(client.page(0))), 0);
  }

  private RdInfo info(long page) {
    LeafInFlight leaf = rig.cpu.begin(Encls.erdinfo(page));
    leaf.end();
    return leaf.rdInfo();
  }
}
