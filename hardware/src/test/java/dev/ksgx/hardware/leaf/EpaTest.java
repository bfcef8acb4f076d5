package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.testkit.Rig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EPA, isa.md 3.3. */
class EpaTest {
  private final Rig rig = Rig.everything();

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1TypeIsVaAndPageIsAligned() {
    assertGp(rig.cpu.run(new Epa(2, rig.page(0))), 1);
    assertGp(rig.cpu.run(new Epa(3, rig.page(0) + 512)), 1);
  }

  @Test
  void step2PageIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.epa(rig.outsideEpc())), 2, rig.outsideEpc());
  }

  @Test
  void step3PageInUseIsAConflict() {
    LeafInFlight first = rig.other.begin(Encls.epa(rig.page(0)));
    assertConflict(rig.cpu.run(Encls.epa(rig.page(0))), 3);
    first.end();
  }

  @Test
  void step4PageIsNotValidYet() {
    rig.create(0);
    assertPf(rig.cpu.run(Encls.epa(rig.page(0))), 4, rig.page(0));
  }

  @Test
  void effectIsAnEmptyVersionArrayOfNoEnclave() {
    rig.ok(Encls.epa(rig.page(0)));
    assertThat(rig.machine.epc().inspect(0))
        .isEqualTo(
            new EpcInspection(
                true, PageType.VA, false, false, false, -1, 0, false, false, false, false, 0));
    for (int slot = 0; slot < 512; slot++) {
      LeafInFlight read = rig.cpu.begin(Encls.edbgrd(rig.page(0) + 8 * slot));
      read.end();
      assertThat(read.result().isOk()).isTrue();
      assertThat(read.rbx()).isZero();
    }
  }
}
