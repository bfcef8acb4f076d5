package dev.ksgx.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.epc.Epcm;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.structure.PageType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Eight threads, each with its own logical processor, issue random leaves on a few frames, enter
 * and leave enclaves, evict pages and load them, and abort what they began. Shared memory
 * arbitrates alone.
 */
class RandomWalkTest {
  private static final int THREADS = 8;

  private final Machine machine =
      Machine.create(
          MachineConfig.builder()
              .cpuid(Cpuid.everything())
              .processors(THREADS)
              .epcBytes(RandomWalker.FRAMES * 4096L)
              .build());

  @Test
  void eightThreadsNeverBreakAnAccessWordOrACount() throws InterruptedException {
    walk(40_000);
  }

  @Test
  @Tag("soak")
  void eightThreadsNeverBreakAnAccessWordOrACountForLong() throws InterruptedException {
    walk(8_000_000);
  }

  private void walk(int steps) throws InterruptedException {
    RandomWalker.Shared shared = new RandomWalker.Shared(machine);
    List<RandomWalker> walkers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      walkers.add(new RandomWalker(shared, machine.processor(i), i, steps));
    }
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      for (Future<Void> walker : pool.invokeAll(walkers)) {
        walker.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a walker failed: " + e.getCause().getMessage(), e.getCause());
    } finally {
      pool.shutdown();
    }
    assertEverythingIsAccountedFor();
    assertThat(shared.done.sum()).as("leaves done").isGreaterThan(steps);
    assertThat(shared.aborted.sum()).as("leaves aborted").isPositive();
    assertThat(shared.launched.sum()).as("enclaves launched").isPositive();
    assertThat(shared.entered.sum()).as("threads entered").isPositive();
    assertThat(shared.evicted.sum()).as("pages evicted").isGreaterThan(steps / 40);
    assertThat(shared.pool.loads()).as("pages loaded").isGreaterThan(steps / 1_000);
    assertThat(shared.conflicts.sum()).as("conflicts").isPositive();
    assertThat(shared.conflicts.sum()).isEqualTo(machine.conflicts());
  }

  private void assertEverythingIsAccountedFor() {
    Epcm epcm = machine.epc().epcm();
    int[] children = new int[RandomWalker.FRAMES];
    for (int frame = 0; frame < RandomWalker.FRAMES; frame++) {
      EpcInspection entry = machine.epc().inspect(frame);
      assertThat(entry.accessWord()).as("access word of frame %d", frame).isZero();
      if (entry.valid() && (entry.type() == PageType.REG || entry.type() == PageType.TCS)) {
        assertThat(epcm.secs(entry.owner())).as("owner of frame %d", frame).isNotNull();
        children[entry.owner()]++;
      }
    }
    for (int frame = 0; frame < RandomWalker.FRAMES; frame++) {
      VersionArray versions = epcm.versions(frame);
      for (int slot = 0; versions != null && slot < VersionArray.SLOTS; slot++) {
        assertThat(versions.tryClaim(slot)).as("slot %d of frame %d", slot, frame).isTrue();
      }
      SecsState secs = epcm.secs(frame);
      if (secs != null) {
        assertThat(secs.children()).as("children of frame %d", frame).isEqualTo(children[frame]);
        assertThat(secs.tracking().threadsInside()).isZero();
        assertThat(secs.tracking().tryEnter()).as("no removal is left over").isNotNegative();
      }
    }
  }
}
