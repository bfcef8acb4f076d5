package dev.ksgx.kernel.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.paging.EncryptedPage;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Pcmd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where evicted pages lie in ordinary memory (driver.md 6.4). */
class BackingStoreTest {
  private static final long PAGES = 64;
  private static final long BYTES = PAGES * 4096;

  private static EvictedPage evicted(long linear) {
    return new EvictedPage(linear, new EncryptedPage(null, null), Pcmd.builder().build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pageISitsAtItsIndexAndTheSecsBehindTheLast(boolean oneFile) {
    BackingStore store = new BackingStore(BYTES, oneFile);
    assertThat(store.pageOffset(0)).isZero();
    assertThat(store.pageOffset(7)).isEqualTo(7 * 4096);
    assertThat(store.secsIndex()).isEqualTo(PAGES);
    assertThat(store.pageOffset(store.secsIndex())).isEqualTo(BYTES);
  }

  @Test
  void v5HasAFileOfItsOwnForPcmdsThirtyTwoAPage() {
    BackingStore store = new BackingStore(BYTES, false);
    assertThat(store.pcmdOffset(0)).isZero();
    assertThat(store.pcmdOffset(33)).isEqualTo(4096 + 128);
    assertThat(store.pcmdOffset(store.secsIndex())).isEqualTo(2 * 4096);
  }

  @Test
  void mainlinePutsThemBehindTheSecsInTheSameFile() {
    BackingStore store = new BackingStore(BYTES, true);
    assertThat(store.pcmdOffset(0)).isEqualTo(BYTES + 4096);
    assertThat(store.pcmdOffset(33)).isEqualTo(BYTES + 4096 + 4096 + 128);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatWasWrittenLastIsRead(boolean oneFile) {
    BackingStore store = new BackingStore(BYTES, oneFile);
    assertThat(store.read(5)).isNull();
    EvictedPage first = evicted(1);
    EvictedPage second = evicted(2);
    EvictedPage secs = evicted(3);
    store.write(5, first);
    store.write(store.secsIndex(), secs);
    assertThat(store.read(5)).isSameAs(first);
    store.write(5, second);
    assertThat(store.read(5)).isSameAs(second);
    assertThat(store.read(store.secsIndex())).isSameAs(secs);
    assertThat(store.read(6)).isNull();
  }

  @Test
  void mainlineGivesBackAPageThatWasLoadedAndAPcmdPageWithTheLastOfItsThirtyTwo() {
    BackingStore store = new BackingStore(BYTES, true);
    store.write(0, evicted(0));
    store.write(31, evicted(31));
    store.write(32, evicted(32));
    assertThat(store.bytesHeld()).isEqualTo(5 * 4096);
    store.loaded(0);
    assertThat(store.read(0)).isNull();
    assertThat(store.bytesHeld()).as("its neighbour needs the PCMD page").isEqualTo(4 * 4096);
    store.loaded(31);
    assertThat(store.bytesHeld()).isEqualTo(2 * 4096);
    assertThat(store.read(32)).isNotNull();
  }

  @Test
  void v5KeepsWhatItHasWritten() {
    BackingStore store = new BackingStore(BYTES, false);
    store.write(0, evicted(0));
    store.loaded(0);
    assertThat(store.read(0)).isNotNull();
    assertThat(store.bytesHeld()).isEqualTo(2 * 4096);
    store.write(0, evicted(0));
    assertThat(store.bytesHeld()).as("written over").isEqualTo(2 * 4096);
  }
}
