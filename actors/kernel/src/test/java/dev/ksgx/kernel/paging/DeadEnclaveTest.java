package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Reclaim;
import dev.ksgx.protocol.message.EnclaveMessage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a dead enclave that somebody still refers to keeps (driver.md 6.3, B-48). */
class DeadEnclaveTest {
  private static final int FRAMES = 256;
  private static final int HEAP = 60;

  @ParameterizedTest
  @EnumSource(
      value = Reclaim.class,
      names = {"PER_PROCESS", "PER_ENCLAVE"})
  void whereEnclavesHaveTheirOwnListsItKeepsItsFramesUntilTheLastReferenceGoes(Reclaim reclaim) {
    KernelConfig config = PagingRig.config(Preset.V5, FRAMES);
    config = config.withPaging(config.paging().withReclaim(reclaim));
    try (PagingRig paging = new PagingRig(config)) {
      Rig.Process dead = paging.process();
      long base = paging.launch(dead, HeapEnclave.of(1, HEAP));
      paging.rig.munmap(dead, base + HeapEnclave.heap(1, HEAP), 4096);
      assertThat(paging.state(dead, base).phase()).isEqualTo(EnclaveMessage.Phase.DEAD);
      int resident = paging.state(dead, base).pages();
      assertThat(resident).as("heap, TCS, state save area").isEqualTo(HEAP + 2);
      paging.launch(paging.process(), HeapEnclave.of(1, 2 * FRAMES));
      assertThat(paging.share(2).evicted()).as("all that the other had to lose").isPositive();
      assertThat(paging.share(1).evicted()).isZero();
      assertThat(paging.state(dead, base).pages()).isEqualTo(resident);
      paging.advance(10_000_000);
      int free = paging.rig.epc().free();
      paging.rig.exit(dead);
      paging.advance(10_000_000);
      assertThat(paging.rig.epc().free())
          .as("its pages, its SECS, its version array")
          .isEqualTo(free + resident + 2);
    }
  }
}
