package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertConflictCode;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertInfo;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.TrackingState;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ETRACKC, isa.md 3.3. */
class EtrackcTest {
  private final Rig rig = Rig.everything();
  private final Swap swap = new Swap(rig);
  private final long data = swap.page(TestEnclave.DATA);
  private final TrackingState tracking = rig.epcm.secs(0).tracking();

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1PageIsAligned() {
    assertGp(rig.cpu.run(Encls.etrackc(data + 1)), 1);
  }

  @Test
  void step2PageIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.etrackc(rig.outsideEpc())), 2, rig.outsideEpc());
  }

  @Test
  void step3PageInExclusiveUseIsAConflictWithACode() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(data));
    assertConflictCode(rig.cpu.run(Encls.etrackc(data)), 3);
    removal.abort();
  }

  @Test
  void step4PageIsValid() {
    assertCode(rig.cpu.run(Encls.etrackc(rig.page(30))), 4, SgxCode.PG_INVLD);
  }

  @Test
  void step5VersionArrayNeedsNoTracking() {
    assertInfo(rig.cpu.run(Encls.etrackc(rig.page(Swap.VA))), 5, SgxCode.TRACK_NOT_REQUIRED);
  }

  @Test
  void step6EnclaveBeingTrackedIsAConflictWithACode() {
    LeafInFlight first = rig.other.begin(Encls.etrack(rig.page(0)));
    assertConflictCode(rig.cpu.run(Encls.etrackc(data)), 6);
    first.end();
    rig.ok(Encls.etrackc(data));
  }

  @Test
  void step7CycleBeforeHasFinished() {
    swap.enclave.enter();
    assertThat(rig.other.run(Encls.etrackc(data)).isOk()).isTrue();
    assertCode(rig.other.run(Encls.etrackc(data)), 7, SgxCode.PREV_TRK_INCMPL);
    rig.cpu.eexit();
    rig.ok(Encls.etrackc(data));
  }

  @Test
  void effectIsANewEpochWhateverPageOfTheEnclaveIsNamed() {
    rig.plant(30, PageType.TRIM, 0, 0, Rig.BASE + 0x8000);
    long epoch = tracking.epoch();
    for (long page : new long[] {data, swap.page(TestEnclave.TCS), rig.page(0), rig.page(30)}) {
      LeafInFlight leaf = rig.cpu.begin(Encls.etrackc(page));
      assertThat(tracking.epoch()).isEqualTo(epoch);
      leaf.end();
      assertThat(tracking.epoch()).isEqualTo(++epoch);
    }
  }

  @Test
  void gateKnowsTheLeafOnlyWhereCpuidDoes() {
    Rig client = Rig.client();
    client.create(0);
    assertGp(client.cpu.run(Encls.etrackc(client.page(0))), 0);
    client.ok(Encls.etrack(client.page(0)));
  }
}
