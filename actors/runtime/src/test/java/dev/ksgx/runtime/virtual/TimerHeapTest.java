package dev.ksgx.runtime.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
  private static VirtualTimer timer(long due, boolean daemon) {
    return new VirtualTimer(due, daemon) {
      @Override
      void fire() {}
    };
  }

  @Test
  void aRandomWalkOfSettingCancellingAndTakingAgreesWithASortedList() {
    RandomStream chance = new RandomStreams(1).stream("heap");
    TimerHeap heap = new TimerHeap();
    List<VirtualTimer> reference = new ArrayList<>();
    Comparator<VirtualTimer> order =
        Comparator.<VirtualTimer>comparingLong(t -> t.dueNanos).thenComparingLong(t -> t.order);
    for (int step = 0; step < 200_000; step++) {
      // Phases of growth and of cancelling, so that the heap sweeps many times.
      boolean growing = step / 2_000 % 2 == 0;
      int choice = chance.nextInt(10);
      if (reference.isEmpty() || choice < (growing ? 7 : 2)) {
        VirtualTimer added = timer(chance.nextInt(1_000), chance.nextInt(3) == 0);
        heap.add(added);
        reference.add(added);
      } else if (choice < 8) {
        VirtualTimer cancelled = reference.remove(chance.nextInt(reference.size()));
        assertThat(cancelled.cancel()).isTrue();
      } else {
        VirtualTimer least = reference.stream().min(order).orElseThrow();
        assertThat(heap.peek()).isSameAs(least);
        assertThat(heap.poll()).isSameAs(least);
        reference.remove(least);
      }
      assertThat(heap.foreground())
          .isEqualTo((int) reference.stream().filter(t -> !t.daemon).count());
      assertThat(heap.entries()).isLessThanOrEqualTo(2 * reference.size() + 66);
      if (reference.size() > 300) {
        while (!reference.isEmpty()) {
          VirtualTimer least = reference.stream().min(order).orElseThrow();
          assertThat(heap.poll()).isSameAs(least);
          reference.remove(least);
        }
        assertThat(heap.poll()).isNull();
      }
    }
  }

  @Test
  void cancelledTimersDoNotPileUp() {
    TimerHeap heap = new TimerHeap();
    for (int i = 0; i < 1_000_000; i++) {
      VirtualTimer timeout = timer(1_000_000 + i, false);
      heap.add(timeout);
      timeout.cancel();
    }
    assertThat(heap.entries()).isLessThan(200);
    assertThat(heap.foreground()).isZero();
  }
}
