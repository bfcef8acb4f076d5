package dev.ksgx.hardware.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.epc.Section;
import dev.ksgx.hardware.structure.Attributes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** CPUID, isa.md 6.6, and the SSA frame size, 9.2. */
class CpuidTest {
  private static final List<Section> SECTIONS =
      List.of(new Section(0x8020_0000L, 187L << 19), new Section(0x20_0000_0000L, 1L << 36));

  @Test
  void leaf7SaysSgxAndLaunchControl() {
    assertThat(Cpuid.client2017().registers(7, 0, SECTIONS))
        .isEqualTo(new Cpuid.Registers(0, 4, 1 << 30, 0));
    assertThat(Cpuid.builder().build().registers(7, 0, SECTIONS).ecx()).isZero();
  }

  @Test
  void leaf12SaysFeaturesAndLimits() {
    Cpuid.Registers client = Cpuid.client2017().registers(0x12, 0, SECTIONS);
    assertThat(client).isEqualTo(new Cpuid.Registers(1, 0, 0, 36 << 8 | 31));
    Cpuid.Registers all = Cpuid.everything().registers(0x12, 0, SECTIONS);
    assertThat(all).isEqualTo(new Cpuid.Registers(0x43, 1, 0, 40 << 8 | 31));
  }

  @Test
  void leaf12SaysWhichAttributesMayBeSet() {
    assertThat(Cpuid.client2017().registers(0x12, 1, SECTIONS))
        .isEqualTo(new Cpuid.Registers(0x36, 0, 0x1f, 0));
    Cpuid high = Cpuid.builder().flags(1L << 40 | 1).xfrm(1L << 41).build();
    assertThat(high.registers(0x12, 1, SECTIONS))
        .isEqualTo(new Cpuid.Registers(0, 1 << 8, 3, 1 << 9));
  }

  @Test
  void initIsNeverSettable() {
    assertThat(Cpuid.builder().flags(-1).build().settable().has(Attributes.INIT)).isFalse();
  }

  @Test
  void leaf12EnumeratesSections() {
    Cpuid cpuid = Cpuid.client2017();
    assertThat(cpuid.registers(0x12, 2, SECTIONS))
        .isEqualTo(new Cpuid.Registers(0x8020_0001, 0, 0x05d8_0001, 0));
    assertThat(cpuid.registers(0x12, 3, SECTIONS)).isEqualTo(new Cpuid.Registers(1, 0x20, 1, 0x10));
    assertThat(cpuid.registers(0x12, 4, SECTIONS)).isEqualTo(new Cpuid.Registers(0, 0, 0, 0));
  }

  @Test
  void leaf13SaysWhereStateComponentsLie() {
    Cpuid all = Cpuid.everything();
    assertThat(all.registers(0xd, 2, SECTIONS)).isEqualTo(new Cpuid.Registers(256, 576, 0, 0));
    assertThat(all.registers(0xd, 18, SECTIONS)).isEqualTo(new Cpuid.Registers(8192, 2816, 0, 0));
    assertThat(all.registers(0xd, 10, SECTIONS)).isEqualTo(new Cpuid.Registers(0, 0, 0, 0));
    assertThat(all.registers(0xd, 0, SECTIONS).ebx()).isEqualTo(11008);
    assertThat(Cpuid.client2017().registers(0xd, 18, SECTIONS).eax()).isZero();
  }

  @Test
  void otherLeavesSayNothing() {
    assertThat(Cpuid.everything().registers(1, 0, SECTIONS))
        .isEqualTo(new Cpuid.Registers(0, 0, 0, 0));
    assertThat(Cpuid.everything().registers(7, 1, SECTIONS))
        .isEqualTo(new Cpuid.Registers(0, 0, 0, 0));
  }

  @Test
  void xsaveAreaEndsWithItsLastComponent() {
    assertThat(XsaveArea.bytes(3)).isEqualTo(576);
    assertThat(XsaveArea.bytes(7)).isEqualTo(832);
    assertThat(XsaveArea.bytes(0x1f)).isEqualTo(1088);
    assertThat(XsaveArea.bytes(0x2e7)).isEqualTo(2696);
    assertThat(XsaveArea.bytes(0x602e7)).isEqualTo(11008);
  }

  @Test
  void xcr0TakesFeaturesInTheirGroups() {
    for (long good : new long[] {3, 7, 0x1b, 0x1f, 0xe7, 0xff, 0x203, 0x60003}) {
      assertThat(XsaveArea.loadable(good)).as("%x", good).isTrue();
    }
    for (long bad : new long[] {0, 1, 2, 5, 0xb, 0x13, 0x23, 0xe3, 0x20003, 0x40003}) {
      assertThat(XsaveArea.loadable(bad)).as("%x", bad).isFalse();
    }
  }

  @Test
  void limitsAreRefusedWhenTheyMakeNoSense() {
    assertThatThrownBy(() -> Cpuid.builder().maxSizeLog2(64))
        .hasMessage("log2 of the largest enclave: 64, expected 13..63");
    assertThatThrownBy(() -> Cpuid.builder().maxSizeLog2In32BitMode(12))
        .hasMessageContaining("expected 13..32");
  }
}
