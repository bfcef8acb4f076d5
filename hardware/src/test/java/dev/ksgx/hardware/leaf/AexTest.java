package dev.ksgx.hardware.leaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** The asynchronous exit, isa.md 3.4 and 1.12. */
class AexTest {
  private static final int EXITINFO = 4096 - 184 + 160;
  private static final int EXINFO = 4096 - 184 - 16;

  private final Rig rig = Rig.everything();
  private final TestEnclave enclave =
      TestEnclave.launched(rig, 0, Rig.secs().miscSelect(1).build());

  @Test
  void happensInsideOnly() {
    assertThatThrownBy(() -> rig.cpu.aex(32)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void usesUpAnSsaFrameAndLeavesTheThreadInactive() {
    enclave.enter();
    assertThat(rig.cpu.aex(32)).isEqualTo(enclave.base + TestEnclave.TCS);
    int tcs = enclave.frame(TestEnclave.TCS);
    assertThat(rig.epcm.tcs(tcs).cssa()).isEqualTo(1);
    assertThat(rig.epcm.tcs(tcs).active()).isFalse();
    assertThat(rig.cpu.inEnclave()).isFalse();
    assertThat(rig.epcm.secs(0).tracking().threadsInside()).isZero();
  }

  @Test
  void reportsExceptionsOfTheFixedListWithTheirType() {
    for (int vector : new int[] {0, 1, 5, 6, 16, 17, 19}) {
      assertThat(exitInfo(vector)).isEqualTo(1 << 31 | 3 << 8 | vector);
    }
    assertThat(exitInfo(3)).isEqualTo(1 << 31 | 6 << 8 | 3);
  }

  @Test
  void reportsNothingOfInterrupts() {
    assertThat(exitInfo(32)).isZero();
    assertThat(exitInfo(2)).isZero();
    assertThat(exitInfo(35)).as("vector 35 is not vector 3").isZero();
  }

  @Test
  void savesAddressAndErrorCodeOfAPageFaultWhenSelected() {
    enclave.enter();
    rig.cpu.aex(14, 0x8007, enclave.base + 0x3123);
    Bytes frame = ssa(0);
    assertThat(frame.u32(EXITINFO)).isEqualTo(1 << 31 | 3 << 8 | 14);
    assertThat(frame.u64(EXINFO)).isEqualTo(enclave.base + 0x3123);
    assertThat(frame.u32(EXINFO + 8)).isEqualTo(0x8007);
  }

  @Test
  void savesNoAddressOfAGeneralProtectionFault() {
    enclave.enter();
    rig.cpu.aex(13, 5, 0x1234);
    assertThat(ssa(0).u32(EXITINFO)).isEqualTo(1 << 31 | 3 << 8 | 13);
    assertThat(ssa(0).u64(EXINFO)).isZero();
    assertThat(ssa(0).u32(EXINFO + 8)).isEqualTo(5);
  }

  @Test
  void hidesFaultsFromAnEnclaveThatDidNotSelectThem() {
    TestEnclave plain = TestEnclave.launched(rig, 20);
    plain.enter();
    rig.cpu.aex(14, 7, plain.base);
    Bytes frame = FrameContents.of(rig.epcm, plain.frame(TestEnclave.SSA)).page();
    assertThat(frame.isZero(0, 4096)).isTrue();
  }

  @Test
  void savesIntoTheFrameOfCssa() {
    enclave.enter();
    rig.cpu.aex(32);
    enclave.enter();
    rig.cpu.aex(6);
    assertThat(ssa(0).u32(EXITINFO)).isZero();
    assertThat(ssa(1).u32(EXITINFO)).isEqualTo(1 << 31 | 3 << 8 | 6);
  }

  private int exitInfo(int vector) {
    enclave.enter();
    rig.cpu.aex(vector);
    int exitInfo = ssa(0).u32(EXITINFO);
    assertThat(enclave.eresume(rig.cpu).isOk()).isTrue();
    rig.cpu.eexit();
    return exitInfo;
  }

  private Bytes ssa(int frame) {
    return FrameContents.of(rig.epcm, enclave.frame(TestEnclave.SSA + 0x1000L * frame)).page();
  }
}
