package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** The gate common to all leaves, isa.md 3.1 step 4, and what a processor does with leaves. */
class GateTest {
  @Test
  void leavesFaultUntilFirmwareHasLockedAndEnabledSgx() {
    for (long value : new long[] {0, LaunchControlMsrs.LOCK, LaunchControlMsrs.SGX_ENABLE}) {
      Rig off = new Rig(MachineConfig.builder().featureControl(value));
      assertGp(off.cpu.run(Encls.epa(off.page(0))), 0);
      assertGp(off.cpu.eenter(0, 0, linear -> Translation.NOT_PRESENT), 0);
      assertGp(off.cpu.eexit(), 0);
      assertGp(off.cpu.egetkey(0, 0), 0);
      assertGp(off.cpu.ereport(0, 0, 0), 0);
    }
    Rig on =
        new Rig(
            MachineConfig.builder()
                .featureControl(LaunchControlMsrs.LOCK | LaunchControlMsrs.SGX_ENABLE));
    on.ok(Encls.epa(on.page(0)));
  }

  @Test
  void aProcessorHasOneLeafInFlight() {
    Rig rig = Rig.everything();
    LeafInFlight first = rig.cpu.begin(Encls.epa(rig.page(0)));
    assertThat(rig.cpu.inFlight()).isSameAs(first);
    assertThatThrownBy(() -> rig.cpu.begin(Encls.epa(rig.page(1))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("EPA is still in flight");
    first.end();
    assertThat(rig.cpu.inFlight()).isNull();
    rig.ok(Encls.epa(rig.page(1)));
  }

  @Test
  void enclsIsNotForCodeInsideAnEnclave() {
    Rig rig = Rig.everything();
    TestEnclave enclave = TestEnclave.launched(rig, 0);
    enclave.enter();
    assertThatThrownBy(() -> rig.cpu.begin(Encls.epa(rig.page(30))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("inside an enclave");
    rig.cpu.aex(32);
    rig.ok(Encls.epa(rig.page(30)));
  }

  @Test
  void aLeafIsOverOnce() {
    Rig rig = Rig.everything();
    LeafInFlight leaf = rig.cpu.begin(Encls.epa(rig.page(0)));
    leaf.end();
    assertThatThrownBy(leaf::end).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(leaf::abort).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRefusedLeafHasNothingToEnd() {
    Rig rig = Rig.everything();
    LeafInFlight leaf = rig.cpu.begin(Encls.epa(rig.page(0) + 1));
    assertThat(leaf.isOver()).isTrue();
    assertThat(rig.cpu.inFlight()).isNull();
    leaf.end();
    leaf.abort();
  }

  @Test
  void resultsDescribeThemselvesInOneLine() {
    Rig rig = Rig.everything();
    rig.create(0);
    assertThat(rig.cpu.run(Encls.epa(rig.page(0))).describe())
        .isEqualTo(
            "EPA: #PF(0x%x): step 4 demands that the page is not valid yet".formatted(rig.page(0)));
    assertThat(rig.cpu.run(Encls.eadd(rig.page(1) + 1, 0, 0, null, null)).describe())
        .isEqualTo("EADD: #GP(0): step 1 demands that RBX is aligned 32 and RCX 4096");
    rig.ok(Encls.eadd(rig.page(1), rig.page(0), Rig.BASE, TestEnclave.RW, TestEnclave.ZEROS));
    assertThat(rig.cpu.run(Encls.eremove(rig.page(0))).describe())
        .isEqualTo(
            "EREMOVE: SGX_CHILD_PRESENT (13): step 6 demands that the SECS has no pages in the EPC");
  }
}
