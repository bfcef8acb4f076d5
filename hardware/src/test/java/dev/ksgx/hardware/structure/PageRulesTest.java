package dev.ksgx.hardware.structure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Small rules of isa.md 1.2, 2 and EADD's effect on a TCS. */
class PageRulesTest {
  @Test
  void pageTypesHaveTheNumbersOfTheManual() {
    assertThat(PageType.of(0)).isEqualTo(PageType.SECS);
    assertThat(PageType.of(1)).isEqualTo(PageType.TCS);
    assertThat(PageType.of(2)).isEqualTo(PageType.REG);
    assertThat(PageType.of(3)).isEqualTo(PageType.VA);
    assertThat(PageType.of(4)).isEqualTo(PageType.TRIM);
    assertThat(PageType.of(5)).isEqualTo(PageType.SS_FIRST);
    assertThat(PageType.of(6)).isEqualTo(PageType.SS_REST);
    assertThat(PageType.of(7)).isNull();
    assertThat(PageType.of(255)).isNull();
  }

  @Test
  void secInfoFlagsAreThoseOfTheKnownAnswers() {
    assertThat(SecInfo.reg(true, true, false).flags()).isEqualTo(0x203);
    assertThat(SecInfo.reg(true, false, true).flags()).isEqualTo(0x205);
    assertThat(SecInfo.tcs().flags()).isEqualTo(0x100);
    assertThat(SecInfo.reg(true, false, false)).isSameAs(SecInfo.reg(true, false, false));
    assertThat(SecInfo.builder().flags(0x900).build().pageType()).isNull();
  }

  @Test
  void eaddTakesPermissionsFromATcsOnly() {
    SecInfo tcsWithRwx = SecInfo.of(PageType.TCS, SecInfo.R | SecInfo.W | SecInfo.X);
    assertThat(tcsWithRwx.asAdded()).isEqualTo(SecInfo.tcs());
    SecInfo reg = SecInfo.reg(true, true, true);
    assertThat(reg.asAdded()).isSameAs(reg);
  }

  @Test
  void eaddClearsStateDbgOptInCssaAndAepOfATcs() {
    Tcs given =
        Tcs.builder()
            .state(1)
            .flags(0x83)
            .ossa(0x2000)
            .cssa(5)
            .nssa(2)
            .oentry(0x1234)
            .aep(77)
            .fsLimit(-1)
            .build();
    Tcs wanted = Tcs.builder().flags(0x82).ossa(0x2000).nssa(2).oentry(0x1234).fsLimit(-1).build();
    assertThat(given.asAdded()).isEqualTo(wanted);
    assertThat(wanted.asAdded()).isSameAs(wanted);
  }

  @Test
  void codesHaveTheNamesOfTheManual() {
    assertThat(SgxCode.name(4)).isEqualTo("SGX_INVALID_MEASUREMENT");
    assertThat(SgxCode.name(16)).isEqualTo("SGX_INVALID_EINITTOKEN");
    assertThat(SgxCode.name(128)).isEqualTo("SGX_UNMASKED_EVENT");
    assertThat(SgxCode.name(22)).isEqualTo("SGX_22");
  }
}
