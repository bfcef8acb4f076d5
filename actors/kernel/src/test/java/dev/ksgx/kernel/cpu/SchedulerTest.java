package dev.ksgx.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets which core when (design.md 4). */
class SchedulerTest {
  private static final long SWITCH = Cost.CONTEXT_SWITCH.cycles();
  private static final long MS = 1_000_000;

  private static Burst compute(long cycles) {
    return Burst.of(new Step.Compute(cycles));
  }

  private static Burst kernelCode(int systemCalls) {
    return Burst.of(new Step.Software(Work.SYSCALL, systemCalls));
  }

  @Test
  void anIdleCoreIsTakenBeforeAnybodyWaits() {
    try (CpuRig rig = new CpuRig(2, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      CpuRig.Ran first = rig.runAndBlock(1, kernelCode(1_000));
      CpuRig.Ran second = rig.runAndBlock(2, kernelCode(1_000));
      CpuRig.Ran third = rig.runAndBlock(3, kernelCode(1_000));
      rig.toTheEnd();
      assertThat(List.of(first.core(), second.core())).containsExactly(0, 1);
      assertThat(second.endNanos).isEqualTo(first.endNanos);
      assertThat(third.endNanos).isEqualTo(2 * first.endNanos);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Scheduling.class,
      names = {"WAKEUP_PREEMPT", "FIFO_QUANTUM"})
  void aTaskGoesBackToTheCoreItHadLast(Scheduling policy) {
    try (CpuRig rig = new CpuRig(3, policy, 3 * MS)) {
      for (int tid = 1; tid <= 3; tid++) {
        rig.runAndBlock(tid, compute(1_000));
      }
      rig.toTheEnd();
      for (int tid : new int[] {3, 1, 2}) {
        CpuRig.Ran again = rig.runAndBlock(tid, compute(1_000));
        rig.toTheEnd();
        assertThat(again.core()).isEqualTo(tid - 1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 1})
  void aTaskThatMigratesGoesToAnyOtherIdleCore(double migration) {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(3).withMigration(migration))) {
      int[] moved = new int[3];
      int[] runs = new int[3];
      int last = -1;
      for (int i = 0; i < 400; i++) {
        CpuRig.Ran again = rig.runAndBlock(1, compute(1_000));
        rig.toTheEnd();
        if (last >= 0) {
          moved[(again.core() - last + 3) % 3]++;
        }
        last = again.core();
        runs[last]++;
      }
      for (int count : runs) {
        assertThat(count).isGreaterThan(50);
      }
      double scatter = 4 * Math.sqrt(399 * migration / 2 * (1 - migration / 2));
      assertThat((double) moved[1]).isCloseTo(399 * migration / 2, within(scatter));
      assertThat((double) moved[2]).isCloseTo(399 * migration / 2, within(scatter));
    }
  }

  @Test
  void aTaskThatCannotMigrateGoesBack() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1).withMigration(1))) {
      for (int i = 0; i < 3; i++) {
        CpuRig.Ran again = rig.runAndBlock(1, compute(1_000));
        rig.toTheEnd();
        assertThat(again.core()).isZero();
      }
    }
  }

  @Test
  void whoWakesUpTakesTheCoreFromUserComputingAtOnceAndNoCycleIsLost() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      CpuRig.Ran victim = rig.runAndBlock(1, compute(10 * MS + 7));
      for (int i = 1; i <= 3; i++) {
        rig.at(i * MS + 13);
        CpuRig.Ran visitor = rig.runAndBlock(2, compute(1_001));
        rig.at(i * MS + 13 + SWITCH + 1_001);
        assertThat(visitor.endNanos).isEqualTo(i * MS + 13 + SWITCH + 1_001);
      }
      rig.toTheEnd();
      long visits = 3 * (SWITCH + 1_001);
      assertThat(victim.endNanos).isEqualTo(10 * MS + 7 + visits + 4 * SWITCH);
      assertThat(victim.executed.results()).hasSize(1);
    }
  }

  /**
   * Else threads that fault in a loop would keep the swapper off the cores by their short sleeps.
   */
  @Test
  void whoSleepsForAMomentDoesNotTakeTheCoreFromWhoHasRunLess() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      rig.runAndBlock(1, compute(20 * MS));
      rig.toTheEnd();
      CpuRig.Ran sleeper = rig.runAndBlock(2, compute(2 * MS));
      rig.at(rig.now() + MS / 10);
      CpuRig.Ran hog = rig.runAndBlock(1, compute(1_000));
      rig.toTheEnd();
      assertThat(hog.endNanos).isGreaterThan(sleeper.endNanos);
    }
  }

  @Test
  void aContextSwitchThatIsCutIsNotRepaid() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      long start = rig.tire(1);
      CpuRig.Ran victim = rig.runAndBlock(1, compute(MS));
      rig.at(start + SWITCH / 2);
      rig.runAndBlock(2, compute(500));
      rig.toTheEnd();
      assertThat(victim.endNanos).isEqualTo(start + MS + 3 * SWITCH + 500);
    }
  }

  @Test
  void kernelCodeIsNotCutAndItsTaskYieldsBetweenTwoBursts() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      long start = rig.tire(1);
      CpuRig.Ran[] second = new CpuRig.Ran[1];
      CpuRig.Ran first =
          rig.runThen(1, kernelCode(100), () -> second[0] = rig.runAndBlock(1, kernelCode(100)));
      rig.at(start + SWITCH + 10);
      CpuRig.Ran visitor = rig.runAndBlock(2, kernelCode(1));
      rig.toTheEnd();
      long burst = 100 * Cost.SYSCALL.cycles();
      assertThat(first.endNanos).isEqualTo(start + SWITCH + burst);
      assertThat(visitor.endNanos).isEqualTo(first.endNanos + SWITCH + Cost.SYSCALL.cycles());
      assertThat(second[0].endNanos).isEqualTo(visitor.endNanos + SWITCH + burst);
    }
  }

  @ParameterizedTest
  @EnumSource(Scheduling.class)
  void aPreemptOffSectionIsNeverCut(Scheduling policy) {
    try (CpuRig rig = new CpuRig(1, policy, MS)) {
      List<Step> steps = List.of(new Step.Compute(5 * MS), new Step.Compute(5 * MS));
      CpuRig.Ran section = rig.runAndBlock(1, Burst.preemptOff(steps));
      rig.at(MS / 2);
      CpuRig.Ran visitor = rig.runAndBlock(2, compute(100));
      rig.toTheEnd();
      assertThat(section.endNanos).isEqualTo(SWITCH + 10 * MS);
      assertThat(visitor.endNanos).isEqualTo(section.endNanos + SWITCH + 100);
    }
  }

  @Test
  void aPreemptOffSectionThatFollowsABurstIsNotPutOff() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      CpuRig.Ran[] section = new CpuRig.Ran[1];
      CpuRig.Ran first =
          rig.runThen(
              1,
              kernelCode(10),
              () ->
                  section[0] =
                      rig.runAndBlock(1, Burst.preemptOff(List.of(Step.software(Work.SYSCALL)))));
      rig.at(SWITCH + 1);
      rig.runAndBlock(2, kernelCode(1));
      rig.toTheEnd();
      assertThat(section[0].endNanos).isEqualTo(first.endNanos + Cost.SYSCALL.cycles());
    }
  }

  @Test
  void withAQuantumATaskKeepsItsCoreForItsSlice() {
    try (CpuRig rig = new CpuRig(1, Scheduling.FIFO_QUANTUM, 3 * MS)) {
      CpuRig.Ran first = rig.runAndBlock(1, compute(10 * MS));
      rig.at(MS);
      CpuRig.Ran second = rig.runAndBlock(2, compute(1_000));
      rig.toTheEnd();
      assertThat(second.endNanos).isEqualTo(3 * MS + SWITCH + 1_000);
      assertThat(first.endNanos).isEqualTo(10 * MS + 1_000 + 3 * SWITCH);
    }
  }

  @ParameterizedTest
  @EnumSource(Scheduling.class)
  void aSliceEndsInsideUserComputing(Scheduling policy) {
    try (CpuRig rig = new CpuRig(1, policy, 3 * MS)) {
      CpuRig.Ran first = rig.runAndBlock(1, compute(100 * MS));
      CpuRig.Ran second = rig.runAndBlock(2, compute(100 * MS));
      rig.toTheEnd();
      assertThat(Math.abs(second.endNanos - first.endNanos))
          .as("they take turns, so they end together")
          .isLessThanOrEqualTo(3 * MS + 2 * SWITCH);
    }
  }

  @Test
  void withAQuantumThreeTasksTakeTurns() {
    try (CpuRig rig = new CpuRig(1, Scheduling.FIFO_QUANTUM, MS)) {
      CpuRig.Ran[] all = new CpuRig.Ran[3];
      for (int tid = 0; tid < 3; tid++) {
        all[tid] = rig.runAndBlock(tid + 1, compute(4 * MS));
      }
      rig.toTheEnd();
      long last = Math.max(all[0].endNanos, Math.max(all[1].endNanos, all[2].endNanos));
      for (CpuRig.Ran ran : all) {
        assertThat(ran.endNanos).isGreaterThan(last - 3 * MS);
      }
    }
  }

  @Test
  void pinnedATaskHasOneCoreEvenIfAnotherIsIdle() {
    try (CpuRig rig = new CpuRig(2, Scheduling.PINNED, 3 * MS)) {
      CpuRig.Ran two = rig.runAndBlock(2, compute(1_000));
      CpuRig.Ran four = rig.runAndBlock(4, compute(1_000));
      CpuRig.Ran five = rig.runAndBlock(5, compute(1_000));
      rig.toTheEnd();
      assertThat(two.core()).isEqualTo(0);
      assertThat(four.core()).isEqualTo(0);
      assertThat(five.core()).isEqualTo(1);
      assertThat(four.endNanos).isEqualTo(2 * (SWITCH + 1_000));
    }
  }

  @Test
  void aTaskKeepsItsCoreFromBurstToBurstUntilItBlocks() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      rig.run(1, kernelCode(1));
      rig.toTheEnd();
      CpuRig.Ran waits = rig.runAndBlock(2, kernelCode(1));
      assertThat(rig.whoWaits())
          .startsWith("task 2 (request 2) waits for cores")
          .contains("held by task 1");
      assertThat(waits.isDone()).isFalse();
      rig.block(1);
      rig.toTheEnd();
      assertThat(waits.isDone()).isTrue();
    }
  }

  @Test
  void aSignalEndsAnInterruptibleSleepAndOnlyThat() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      AtomicInteger signals = new AtomicInteger();
      rig.runAndBlock(1, kernelCode(1));
      rig.toTheEnd();
      rig.tell(new SchedulerMessage.Signal(CpuRig.task(1)));
      rig.toTheEnd();
      assertThat(signals).as("an uninterruptible sleep goes on").hasValue(0);
      rig.blockInterruptibly(1, signals::incrementAndGet);
      rig.toTheEnd();
      assertThat(signals).as("pending: it does not even begin").hasValue(1);
      assertThat(runOf(rig, 1).executed.signalPending()).isTrue();
      rig.tell(new SchedulerMessage.SignalHandled(CpuRig.task(1)));
      assertThat(runOf(rig, 1).executed.signalPending()).isFalse();
      rig.blockInterruptibly(1, signals::incrementAndGet);
      rig.toTheEnd();
      assertThat(signals).hasValue(1);
      rig.tell(new SchedulerMessage.SignalProcess(1));
      rig.toTheEnd();
      assertThat(signals).hasValue(2);
    }
  }

  private static CpuRig.Ran runOf(CpuRig rig, int tid) {
    CpuRig.Ran ran = rig.runAndBlock(tid, kernelCode(1));
    rig.toTheEnd();
    return ran;
  }

  @ParameterizedTest
  @EnumSource(Scheduling.class)
  void theBurstOfAnUnpluggedCoreGoesOnElsewhereWithoutLosingAStep(Scheduling policy) {
    try (CpuRig rig = new CpuRig(2, policy, 3 * MS)) {
      Step step = Step.software(Work.FORK_EXEC);
      CpuRig.Ran ran = rig.runAndBlock(2, new Burst(Collections.nCopies(3, step), false));
      rig.at(SWITCH + Cost.FORK_EXEC.cycles() * 3 / 2);
      rig.tellCore(0, CoreMessage.Unplug.NOW);
      rig.toTheEnd();
      assertThat(ran.core()).isEqualTo(1);
      assertThat(ran.executed.results()).hasSize(3).containsOnly(StepResult.Done.DONE);
      assertThat(ran.endNanos)
          .as("the cut step runs again, whole")
          .isEqualTo(2 * SWITCH + Cost.FORK_EXEC.cycles() * 7 / 2);
    }
  }

  @Test
  void aPreemptOffSectionOnAnUnpluggedCoreStartsAnew() {
    try (CpuRig rig = new CpuRig(2, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      List<Step> steps = Collections.nCopies(3, Step.software(Work.FORK_EXEC));
      CpuRig.Ran ran = rig.runAndBlock(1, Burst.preemptOff(steps));
      rig.at(SWITCH + Cost.FORK_EXEC.cycles() * 3 / 2);
      rig.tellCore(0, CoreMessage.Unplug.NOW);
      rig.toTheEnd();
      assertThat(ran.executed.results()).hasSize(3);
      assertThat(ran.endNanos).isEqualTo(2 * SWITCH + Cost.FORK_EXEC.cycles() * 9 / 2);
    }
  }

  @Test
  void aTaskHoldsACoreFromItsDispatchUntilItLeavesOrIsPreempted() {
    try (CpuRig rig = new CpuRig(1, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      long start = rig.tire(1);
      rig.runAndBlock(1, compute(2 * MS));
      rig.at(start + MS);
      assertThat(rig.heldNanos(1)).isEqualTo(start + MS);
      assertThat(rig.heldNanos(2)).isZero();
      rig.runAndBlock(2, compute(500));
      rig.toTheEnd();
      assertThat(rig.heldNanos(2)).isEqualTo(SWITCH + 500);
      assertThat(rig.heldNanos(1)).isEqualTo(start + 2 * MS + 2 * SWITCH);
    }
  }

  @Test
  void whatReachesACoreTooLateRunsElsewhere() {
    try (CpuRig rig = new CpuRig(2, Scheduling.WAKEUP_PREEMPT, 3 * MS)) {
      rig.tellCore(0, CoreMessage.Unplug.NOW);
      CpuRig.Ran ran = rig.runAndBlock(1, kernelCode(1));
      rig.toTheEnd();
      assertThat(ran.core()).isEqualTo(1);
    }
  }
}
