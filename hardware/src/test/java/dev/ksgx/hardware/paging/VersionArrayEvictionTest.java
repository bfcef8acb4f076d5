package dev.ksgx.hardware.paging;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** Version arrays are pages too: 512 slots, and themselves evicted into slots of others. */
class VersionArrayEvictionTest {
  private static final int SECOND_LEVEL = 41;

  private final Rig rig = Rig.everything();
  private final Swap swap = new Swap(rig);

  @Test
  void eachOfTheSlotsHoldsAVersion() {
    long data = swap.page(TestEnclave.DATA);
    for (int slot = 0; slot < VersionArray.SLOTS; slot++) {
      EvictedPage page = swap.evict(data, slot);
      for (int other = 0; other < VersionArray.SLOTS; other += 37) {
        assertThat(rig.epcm.versions(Swap.VA).version(other) != 0).isEqualTo(other == slot);
      }
      swap.load(data, page, slot);
    }
    assertThat(VersionArray.SLOTS).isEqualTo(512);
  }

  /** The order of reload: second level, version array, page. */
  @Test
  void versionArrayComesBackWithItsVersions() {
    rig.ok(Encls.epa(rig.page(SECOND_LEVEL)));
    long data = swap.page(TestEnclave.DATA);
    rig.ok(Encls.edbgwr(data + 8, 77));
    EvictedPage page = swap.evict(data, 511);
    EvictedPage code = swap.evict(swap.page(TestEnclave.CODE), 0);
    EvictedPage versions = swap.write(rig.page(Swap.VA), rig.page(SECOND_LEVEL) + 800);
    assertThat(rig.epcm.versions(Swap.VA)).isNull();
    assertThat(versions.linaddr()).isZero();
    rig.ok(Encls.eldb(rig.page(Swap.VA), 0, 0, versions, rig.page(SECOND_LEVEL) + 800));
    assertThat(rig.machine.epc().inspect(Swap.VA).blocked()).as("not even by ELDB").isFalse();
    swap.load(data, page, 511);
    swap.load(swap.page(TestEnclave.CODE), code, 0);
    assertThat(rig.cpu.run(Encls.edbgrd(data + 8)).isOk()).isTrue();
  }

  /** What replays a page must replay its version array, and that has a version itself. */
  @Test
  void oldVersionArrayIsRefused() {
    rig.ok(Encls.epa(rig.page(SECOND_LEVEL)));
    long slot = rig.page(SECOND_LEVEL);
    long data = swap.page(TestEnclave.DATA);
    EvictedPage page = swap.evict(data, 1);
    EvictedPage old = swap.write(rig.page(Swap.VA), slot);
    rig.ok(Encls.eldu(rig.page(Swap.VA), 0, 0, old, slot));
    swap.load(data, page, 1);
    EvictedPage current = swap.write(rig.page(Swap.VA), slot);
    assertCode(
        rig.cpu.run(Encls.eldu(rig.page(Swap.VA), 0, 0, old, slot)), 10, SgxCode.MAC_COMPARE_FAIL);
    rig.ok(Encls.eldu(rig.page(Swap.VA), 0, 0, current, slot));
  }

  @Test
  void slotIsClaimedByOneLeafAtATime() {
    VersionArray array = new VersionArray();
    for (int slot : new int[] {0, 63, 64, 511}) {
      assertThat(array.tryClaim(slot)).isTrue();
      assertThat(array.tryClaim(slot)).isFalse();
    }
    array.free(64);
    assertThat(array.tryClaim(63)).isFalse();
    assertThat(array.tryClaim(64)).isTrue();
  }
}
