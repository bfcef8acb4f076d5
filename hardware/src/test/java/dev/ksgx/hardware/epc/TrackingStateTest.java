package dev.ksgx.hardware.epc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Model A of isa.md 8.3, against the rule that it stands for. */
class TrackingStateTest {
  private final TrackingState tracking = new TrackingState();

  @Test
  void pageIsNotTrackedWithoutACycleEvenWhenNobodyIsInside() {
    long stamp = tracking.epoch();
    assertThat(tracking.tracked(stamp)).isFalse();
    assertThat(tracking.tryStartCycle()).isTrue();
    assertThat(tracking.tracked(stamp)).isTrue();
  }

  @Test
  void cycleLastsUntilEveryThreadThatWasInsideHasLeftOnce() {
    long entry = tracking.tryEnter();
    long stamp = tracking.epoch();
    assertThat(tracking.tryStartCycle()).isTrue();
    assertThat(tracking.tracked(stamp)).isFalse();
    assertThat(tracking.tryStartCycle()).as("previous cycle unfinished: code 17").isFalse();
    long again = tracking.tryEnter();
    tracking.leave(entry);
    assertThat(tracking.tracked(stamp)).as("threads may re-enter at once").isTrue();
    tracking.leave(again);
    assertThat(tracking.threadsInside()).isZero();
  }

  @Test
  void pageThatNeverNeededTrackingIsTrackedInEveryEpoch() {
    for (int cycle = 0; cycle < 4; cycle++) {
      assertThat(tracking.tracked(TrackingState.NOT_NEEDED)).isTrue();
      tracking.tryEnter();
      assertThat(tracking.tracked(TrackingState.NOT_NEEDED)).isTrue();
      tracking.tryStartCycle();
      assertThat(tracking.tracked(TrackingState.NOT_NEEDED)).isTrue();
    }
  }

  @Test
  void nobodyEntersWhileAPageIsBeingRemovedAndNobodyRemovesWhileAThreadIsInside() {
    assertThat(tracking.tryBeginRemoval()).isTrue();
    assertThat(tracking.tryBeginRemoval()).as("two pages at once").isTrue();
    assertThat(tracking.tryEnter()).isNegative();
    tracking.endRemoval();
    assertThat(tracking.tryEnter()).isNegative();
    tracking.endRemoval();
    long entry = tracking.tryEnter();
    assertThat(entry).isNotNegative();
    assertThat(tracking.tryBeginRemoval()).isFalse();
    tracking.leave(entry);
    assertThat(tracking.tryBeginRemoval()).isTrue();
  }

  @Test
  void asManyThreadsAsAMachineHasProcessorsFitTheWord() {
    List<Long> entries = new ArrayList<>();
    for (int i = 0; i < TrackingState.MAX_THREADS; i++) {
      entries.add(tracking.tryEnter());
    }
    assertThat(tracking.threadsInside()).isEqualTo(TrackingState.MAX_THREADS);
    long before = tracking.epoch();
    assertThat(tracking.tryStartCycle()).isTrue();
    assertThat(tracking.threadsInside()).isEqualTo(TrackingState.MAX_THREADS);
    entries.forEach(tracking::leave);
    assertThat(tracking.threadsInside()).isZero();
    assertThat(tracking.epoch()).isEqualTo(before + 1);
  }

  /**
   * Reference: each cycle remembers who was inside when it began; a page is tracked when some cycle
   * that began after its stamp has seen all of them leave.
   */
  @Test
  void randomWalkAgreesWithTheDirectRule() {
    SplittableRandom random = new SplittableRandom(20171113);
    int decisions = 0;
    for (int run = 0; run < 3000; run++) {
      decisions += walk(random);
    }
    assertThat(decisions).isGreaterThan(30_000);
  }

  private static final class Cycle {
    final List<Integer> waitsFor;

    Cycle(List<Integer> inside) {
      waitsFor = new ArrayList<>(inside);
    }
  }

  private static int walk(SplittableRandom random) {
    TrackingState state = new TrackingState();
    long[] entryEpoch = new long[6];
    List<Integer> inside = new ArrayList<>();
    List<Cycle> cycles = new ArrayList<>();
    long[] stamp = new long[4];
    Arrays.fill(stamp, state.epoch());
    int[] cyclesAtStamp = new int[4];
    int decisions = 0;
    for (int step = 0; step < 60; step++) {
      int cpu = random.nextInt(6);
      int page = random.nextInt(4);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          if (inside.remove((Integer) cpu)) {
            state.leave(entryEpoch[cpu]);
            cycles.forEach(cycle -> cycle.waitsFor.remove((Integer) cpu));
          } else {
            entryEpoch[cpu] = state.tryEnter();
            inside.add(cpu);
          }
        }
        case 2 -> {
          boolean unfinished =
              !cycles.isEmpty() && !cycles.get(cycles.size() - 1).waitsFor.isEmpty();
          assertThat(state.tryStartCycle()).isEqualTo(!unfinished);
          if (!unfinished) {
            cycles.add(new Cycle(inside));
          }
        }
        case 3 -> {
          stamp[page] = state.epoch();
          cyclesAtStamp[page] = cycles.size();
        }
        default -> {
          boolean tracked =
              cycles.stream().skip(cyclesAtStamp[page]).anyMatch(c -> c.waitsFor.isEmpty());
          assertThat(state.tracked(stamp[page])).isEqualTo(tracked);
          decisions++;
        }
      }
      assertThat(state.threadsInside()).isEqualTo(inside.size());
    }
    return decisions;
  }
}
