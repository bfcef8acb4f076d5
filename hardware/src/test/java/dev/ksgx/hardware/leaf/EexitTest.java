package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.TrackingState;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** EEXIT, isa.md 3.4. */
class EexitTest {
  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.launched(rig, 0);

  @Test
  void gateWantsAProcessorInsideAnEnclave() {
    assertGp(rig.cpu.eexit(), 0);
  }

  @Test
  void step1TargetIsCanonical() {
    enclave.enter();
    assertGp(rig.cpu.eexit(1L << 47), 1);
    assertThat(rig.cpu.inEnclave()).isTrue();
  }

  @Test
  void effectLeavesTheThreadInactiveAndCountsItNoMore() {
    enclave.enter();
    assertThat(rig.cpu.eexit().isOk()).isTrue();
    assertThat(rig.cpu.inEnclave()).isFalse();
    assertThat(rig.epcm.secs(0).tracking().threadsInside()).isZero();
    assertThat(rig.epcm.tcs(enclave.frame(TestEnclave.TCS)).active()).isFalse();
    assertThat(rig.epcm.tcs(enclave.frame(TestEnclave.TCS)).cssa()).isZero();
  }

  @Test
  void effectLeavesByTheEpochOfItsEntry() {
    enclave.enter();
    TrackingState tracking = rig.epcm.secs(0).tracking();
    long stamp = tracking.epoch();
    assertThat(tracking.tryStartCycle()).isTrue();
    assertThat(tracking.tracked(stamp)).isFalse();
    rig.cpu.eexit();
    assertThat(tracking.tracked(stamp)).isTrue();
  }
}
