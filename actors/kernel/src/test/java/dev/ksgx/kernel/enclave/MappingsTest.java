package dev.ksgx.kernel.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.epc.Section;
import dev.ksgx.hardware.leaf.Translation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Page tables of an enclave that several processes map. */
class MappingsTest {
  private static final long BASE = 0x7000_0000_0000L;

  private final Epc epc = new Epc(List.of(new Section(0x8000_0000L, 64 * 4096)));
  private final Mappings mappings = new Mappings(epc, BASE, 1L << 20);

  /** Parent with page 0 in frame 5, and its child. */
  private void forked() {
    mappings.add(1, null);
    table(1).map(BASE, 5);
    mappings.fork(1, 2, null);
  }

  private PageTable table(int pid) {
    return mappings.of(pid).table();
  }

  @Test
  void aChildHasTheEntriesOfItsParentInATableOfItsOwn() {
    forked();
    assertThat(table(2).translate(BASE)).isEqualTo(epc.addressOf(5));
    table(2).map(BASE + 4096, 6);
    assertThat(table(1).translate(BASE + 4096)).isEqualTo(Translation.NOT_PRESENT);
  }

  @Test
  void aPageCountsAsUsedIfEitherUsedIt() {
    forked();
    for (int pid : new int[] {1, 2}) {
      mappings.testAndClearAccessed(BASE);
      assertThat(mappings.testAndClearAccessed(BASE)).isFalse();
      table(pid).translate(BASE);
      assertThat(mappings.testAndClearAccessed(BASE)).as("process %d", pid).isTrue();
      assertThat(mappings.testAndClearAccessed(BASE)).isFalse();
    }
  }

  @Test
  void aPageIsUnmappedEverywhere() {
    forked();
    mappings.zap(BASE);
    assertThat(table(1).translate(BASE)).isEqualTo(Translation.NOT_PRESENT);
    assertThat(table(2).translate(BASE)).isEqualTo(Translation.NOT_PRESENT);
  }

  @Test
  void bothProcessesAreInterrupted() {
    forked();
    assertThat(mappings.pids()).containsExactly(1, 2);
    mappings.cut(mappings.of(1), 0);
    assertThat(mappings.pids()).containsExactly(2);
  }

  @Test
  void aProcessMapsTheEnclaveAsLongAsAPieceIsLeft() {
    forked();
    mappings.cut(mappings.of(2), 2);
    assertThat(table(2).translate(BASE)).isEqualTo(Translation.NOT_PRESENT);
    mappings.fork(2, 3, null);
    mappings.fork(2, 3, null);
    mappings.cut(mappings.of(2), 0);
    mappings.cut(mappings.of(3), 0);
    assertThat(mappings.pids()).containsExactly(1, 2, 3);
    mappings.cut(mappings.of(2), 0);
    mappings.cut(mappings.of(3), 0);
    assertThat(mappings.pids()).containsExactly(1);
    assertThat(table(1).translate(BASE)).isEqualTo(epc.addressOf(5));
  }
}
