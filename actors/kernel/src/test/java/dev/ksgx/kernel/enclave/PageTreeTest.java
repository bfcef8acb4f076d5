package dev.ksgx.kernel.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The pages of an enclave by address. */
class PageTreeTest {
  private static final long BASE = 0x7000_0000L;
  private static final int PAGES = 2_048;

  @Test
  void aRandomWalkLeavesWhatATreeMapHoldsInOrderOfAddress() {
    PageTree tree = new PageTree(BASE, PAGES * 4096L);
    TreeMap<Long, Page> reference = new TreeMap<>();
    Random choice = new Random(6);
    for (int step = 0; step < 20_000; step++) {
      long address = BASE + 4096L * choice.nextInt(PAGES);
      Page there = reference.get(address);
      if (there == null || choice.nextInt(4) == 0) {
        Page page = new Page(address, false, null);
        tree.put(page);
        reference.put(address, page);
      } else {
        tree.remove(there);
        reference.remove(address);
      }
      assertThat(tree.get(address)).isSameAs(reference.get(address));
      assertThat(tree.size()).isEqualTo(reference.size());
    }
    List<Page> seen = new ArrayList<>();
    tree.forEach(seen::add);
    assertThat(seen).containsExactlyElementsOf(reference.values());
  }

  @Test
  void outsideTheRangeThereIsNoPage() {
    PageTree tree = new PageTree(BASE, PAGES * 4096L);
    assertThat(tree.get(BASE - 4096)).isNull();
    assertThat(tree.get(BASE + PAGES * 4096L)).isNull();
    assertThat(tree.get(0)).isNull();
    assertThat(tree.get(Long.MAX_VALUE & -4096)).isNull();
  }

  @Test
  void aPageThatIsNotInCannotTakeOutTheOneAtItsAddress() {
    PageTree tree = new PageTree(BASE, PAGES * 4096L);
    Page in = new Page(BASE, false, null);
    tree.put(in);
    tree.remove(new Page(BASE, false, null));
    assertThat(tree.get(BASE)).isSameAs(in);
    assertThat(tree.size()).isEqualTo(1);
  }
}
