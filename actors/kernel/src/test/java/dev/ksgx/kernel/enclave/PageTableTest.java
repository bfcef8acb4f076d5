package dev.ksgx.kernel.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.Translation;
import org.junit.jupiter.api.Test;

/** Page-table entries and their accessed bits. */
class PageTableTest {
  private static final long BASE = 0x7000_0000L;
  private static final long PAGE = 4096;
  private static final int PAGES = 1_024;

  private final Epc epc =
      Machine.create(MachineConfig.builder().epcBytes(PAGES * PAGE).build()).epc();
  private final PageTable table = new PageTable(epc, BASE, PAGES * PAGE);

  @Test
  void aMappedPageTranslatesByteForByteAndNoOther() {
    table.map(BASE + 3 * PAGE, 17);
    assertThat(table.translate(BASE + 3 * PAGE + 5)).isEqualTo(epc.addressOf(17) + 5);
    assertThat(table.translate(BASE + 2 * PAGE)).isEqualTo(Translation.NOT_PRESENT);
    assertThat(table.translate(BASE + 700 * PAGE)).isEqualTo(Translation.NOT_PRESENT);
    assertThat(table.translate(BASE - 1)).isEqualTo(Translation.NOT_PRESENT);
    assertThat(table.translate(BASE + PAGES * PAGE)).isEqualTo(Translation.NOT_PRESENT);
  }

  @Test
  void frameZeroIsAFrameLikeAnyOther() {
    table.map(BASE, 0);
    assertThat(table.translate(BASE)).isEqualTo(epc.addressOf(0));
  }

  @Test
  void aTranslationSetsTheAccessedBitAndATestClearsIt() {
    table.map(BASE, 1);
    assertThat(table.testAndClearAccessed(BASE)).as("mapped is not used").isFalse();
    table.translate(BASE + 100);
    assertThat(table.testAndClearAccessed(BASE)).isTrue();
    assertThat(table.testAndClearAccessed(BASE)).as("tested once, cleared").isFalse();
    assertThat(table.translate(BASE)).as("the page stays mapped").isEqualTo(epc.addressOf(1));
    assertThat(table.testAndClearAccessed(BASE)).isTrue();
  }

  @Test
  void unmappedPagesAreNeitherPresentNorAccessed() {
    table.map(BASE, 1);
    table.map(BASE + PAGE, 2);
    table.translate(BASE);
    table.unmap(BASE);
    table.unmap(BASE + 900 * PAGE);
    assertThat(table.translate(BASE)).isEqualTo(Translation.NOT_PRESENT);
    assertThat(table.testAndClearAccessed(BASE)).isFalse();
    assertThat(table.testAndClearAccessed(BASE + 900 * PAGE)).isFalse();
    assertThat(table.translate(BASE + PAGE)).isEqualTo(epc.addressOf(2));
    table.zap();
    assertThat(table.translate(BASE + PAGE)).isEqualTo(Translation.NOT_PRESENT);
  }
}
