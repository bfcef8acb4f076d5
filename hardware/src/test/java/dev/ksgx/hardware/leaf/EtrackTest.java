package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.TrackingState;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ETRACK, isa.md 3.3. */
class EtrackTest {
  private final Rig rig = Rig.everything();
  private final Swap swap = new Swap(rig);
  private final long secs = rig.page(0);
  private final TrackingState tracking = rig.epcm.secs(0).tracking();

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1SecsIsAligned() {
    assertGp(rig.cpu.run(Encls.etrack(secs + 2048)), 1);
  }

  @Test
  void step2SecsIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.etrack(rig.outsideEpc())), 2, rig.outsideEpc());
  }

  @Test
  void step3EnclaveBeingTrackedIsAConflict() {
    LeafInFlight first = rig.other.begin(Encls.etrack(secs));
    assertConflict(rig.cpu.run(Encls.etrack(secs)), 3);
    first.abort();
    rig.ok(Encls.etrack(secs));
  }

  @Test
  void step3SecsInExclusiveUseIsAConflict() {
    LeafInFlight creation =
        rig.other.begin(Encls.ecreate(rig.page(30), Rig.secs().build().bytes()));
    assertConflict(rig.cpu.run(Encls.etrack(rig.page(30))), 3);
    creation.end();
    rig.ok(Encls.etrack(rig.page(30)));
  }

  @Test
  void step4PageIsValid() {
    assertPf(rig.cpu.run(Encls.etrack(rig.page(30))), 4, rig.page(30));
  }

  @Test
  void step5PageIsAnSecs() {
    long data = swap.page(TestEnclave.DATA);
    assertPf(rig.cpu.run(Encls.etrack(data)), 5, data);
    assertPf(rig.cpu.run(Encls.etrack(rig.page(Swap.VA))), 5, rig.page(Swap.VA));
  }

  @Test
  void step6CycleBeforeHasFinished() {
    swap.enclave.enter();
    assertThat(rig.other.run(Encls.etrack(secs)).isOk()).isTrue();
    assertCode(rig.other.run(Encls.etrack(secs)), 6, SgxCode.PREV_TRK_INCMPL);
    rig.cpu.aex(32);
    assertThat(swap.enclave.eresume(rig.cpu).isOk()).isTrue();
    assertThat(rig.other.run(Encls.etrack(secs)).isOk())
        .as("threads may be inside again at once")
        .isTrue();
    rig.cpu.eexit();
  }

  @Test
  void effectIsANewEpochWhenTheLeafEnds() {
    long before = tracking.epoch();
    LeafInFlight leaf = rig.cpu.begin(Encls.etrack(secs));
    assertThat(tracking.epoch()).isEqualTo(before);
    leaf.end();
    assertThat(tracking.epoch()).isEqualTo(before + 1);
  }

  @Test
  void effectOfAnAbortedLeafIsNone() {
    long data = swap.page(TestEnclave.DATA);
    rig.ok(Encls.eblock(data));
    rig.cpu.begin(Encls.etrack(secs)).abort();
    assertCode(rig.cpu.run(Encls.ewb(data, swap.slot(0))), 12, SgxCode.NOT_TRACKED);
  }

  @Test
  void effectIsOnEnclavesThatAreNotInitialisedToo() {
    rig.create(30);
    rig.ok(Encls.etrack(rig.page(30)));
  }

  @Test
  void effectWaitsForThreadsThatEnterWhileTheLeafIsInFlight() {
    long data = swap.page(TestEnclave.DATA);
    rig.ok(Encls.eblock(data));
    LeafInFlight leaf = rig.other.begin(Encls.etrack(secs));
    swap.enclave.enter();
    leaf.end();
    assertCode(rig.other.run(Encls.ewb(data, swap.slot(0))), 12, SgxCode.NOT_TRACKED);
    rig.cpu.eexit();
    rig.ok(Encls.ewb(data, swap.slot(0)));
  }
}
