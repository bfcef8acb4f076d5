package dev.ksgx.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import org.junit.jupiter.api.Test;

/** What a core charges for, and its interrupts (design.md 4). */
class CoreTest {
  private static final long SWITCH = Cost.CONTEXT_SWITCH.cycles();
  private static final long HANDLER = Cost.INTERRUPT.cycles();
  private static final long MS = 1_000_000;

  private static Burst compute(long cycles) {
    return Burst.of(new Step.Compute(cycles));
  }

  @Test
  void everyDispatchIsAContextSwitchWhoeverRanLast() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      long[] lengths = new long[4];
      int[] tids = {1, 1, 2, 1};
      for (int i = 0; i < tids.length; i++) {
        long before = rig.now();
        rig.runAndBlock(tids[i], compute(1_000));
        rig.toTheEnd();
        lengths[i] = rig.now() - before;
      }
      assertThat(lengths).containsOnly(1_000 + SWITCH);
    }
  }

  @Test
  void stepsRunOneAfterTheOtherAndABurstEndsAtTheFirstThatFails() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      CpuRig.Ran ran =
          rig.runAndBlock(
              1,
              Burst.of(
                  Step.software(Work.SYSCALL),
                  new Step.Wrmsr(0x8C, 1),
                  new Step.Wrmsr(0x9999, 1),
                  Step.software(Work.SYSCALL)));
      rig.toTheEnd();
      assertThat(ran.executed.results())
          .containsExactly(
              StepResult.Done.DONE, new StepResult.Msr(true), new StepResult.Msr(false));
      assertThat(ran.endNanos).isEqualTo(SWITCH + Cost.SYSCALL.cycles() + 2 * Cost.WRMSR.cycles());
      assertThat(rig.machine.processor(0).rdmsr(0x8C).value()).isEqualTo(1);
    }
  }

  @Test
  void timerInterruptsInsideABurstAreCountedAndPutItsEndOff() {
    KernelConfig config = CpuRig.quiet(1).withInterrupts(1_000, 0);
    try (CpuRig rig = new CpuRig(config)) {
      CpuRig.Ran ran = rig.runAndBlock(1, compute(100 * MS));
      rig.toTheEnd();
      long interrupts = rig.counters(0).interrupts();
      assertThat(interrupts).isBetween(100L, 101L);
      assertThat(ran.endNanos).isEqualTo(SWITCH + 100 * MS + interrupts * HANDLER);
    }
  }

  @Test
  void deviceInterruptsComeAtTheirRate() {
    KernelConfig config = CpuRig.quiet(1).withInterrupts(0, 10_000);
    try (CpuRig rig = new CpuRig(config)) {
      rig.runAndBlock(1, compute(1_000 * MS));
      rig.toTheEnd();
      double expected = rig.now() / 100_000.0;
      assertThat((double) rig.counters(0).interrupts())
          .isBetween(expected - 4 * Math.sqrt(expected), expected + 4 * Math.sqrt(expected));
    }
  }

  @Test
  void interruptsOfIdleTimeAreSkipped() {
    KernelConfig config = CpuRig.quiet(2).withInterrupts(1_000, 1_000);
    try (CpuRig rig = new CpuRig(config)) {
      rig.at(10_000 * MS);
      rig.runAndBlock(1, compute(10));
      rig.toTheEnd();
      assertThat(rig.counters(0).interrupts()).isLessThanOrEqualTo(2);
      assertThat(rig.counters(1).interrupts()).isZero();
      assertThat(rig.now()).isLessThan(10_000 * MS + SWITCH + 10 + 3 * HANDLER);
    }
  }

  @Test
  void anInterruptFromOutsidePutsTheRunningStepOff() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      CpuRig.Ran ran = rig.runAndBlock(1, compute(MS));
      rig.at(MS / 2);
      rig.tellCore(0, CoreMessage.Interrupt.NOW);
      rig.tellCore(0, CoreMessage.Interrupt.NOW);
      rig.toTheEnd();
      assertThat(ran.endNanos).isEqualTo(SWITCH + MS + 2 * HANDLER);
      assertThat(rig.counters(0).interrupts()).isEqualTo(2);
    }
  }

  @Test
  void anInterruptOfAnIdleCoreIsTakenWhenItHasWork() {
    try (CpuRig rig = new CpuRig(CpuRig.quiet(1))) {
      rig.tellCore(0, CoreMessage.Interrupt.NOW);
      rig.toTheEnd();
      assertThat(rig.counters(0).interrupts()).isZero();
      CpuRig.Ran ran = rig.runAndBlock(1, compute(MS));
      rig.toTheEnd();
      assertThat(ran.endNanos).isEqualTo(SWITCH + MS + HANDLER);
      assertThat(rig.counters(0).interrupts()).isEqualTo(1);
    }
  }

  @Test
  void countersStartAnewWhenTold() {
    KernelConfig config = CpuRig.quiet(1).withInterrupts(1_000, 0);
    try (CpuRig rig = new CpuRig(config)) {
      rig.runAndBlock(1, Burst.of(new Step.Compute(10 * MS), new Step.Wrmsr(0x8C, 1)));
      rig.toTheEnd();
      assertThat(rig.counters(0).msrWrites()).isEqualTo(1);
      rig.tellCore(0, CoreMessage.ResetCounters.NOW);
      assertThat(rig.counters(0).msrWrites()).isZero();
      assertThat(rig.counters(0).interrupts()).isZero();
    }
  }

  @Test
  void softwareVariesWithinItsJitterAndLeavesDoNot() {
    KernelConfig quiet = CpuRig.quiet(1);
    try (CpuRig rig = new CpuRig(quiet.withCosts(quiet.costs().jitter(0.1)))) {
      rig.runAndBlock(1, Burst.of(Step.software(Work.FORK_EXEC)));
      rig.toTheEnd();
      long nominal = Cost.FORK_EXEC.cycles();
      boolean varied = false;
      for (int i = 0; i < 50; i++) {
        long before = rig.now();
        rig.runAndBlock(1, Burst.of(Step.software(Work.FORK_EXEC)));
        rig.toTheEnd();
        long took = rig.now() - before - SWITCH;
        assertThat(took).isBetween(nominal * 9 / 10, nominal * 11 / 10);
        varied |= Math.abs(took - nominal) > nominal / 50;
        before = rig.now();
        rig.runAndBlock(1, Burst.of(new Step.Wrmsr(0x8C, i)));
        rig.toTheEnd();
        assertThat(rig.now() - before)
            .isBetween(
                Cost.WRMSR.cycles() + SWITCH * 9 / 10, Cost.WRMSR.cycles() + SWITCH * 11 / 10);
      }
      assertThat(varied).isTrue();
    }
  }

  @Test
  void anInterruptDuringTheSwitchBeforeItDoesNotFailAnEinit() {
    KernelConfig often = CpuRig.quiet(1).withInterrupts(100_000, 0);
    try (CpuRig rig = new CpuRig(often)) {
      Burst einit =
          Burst.of(
              new Step.Encls(
                  dev.ksgx.hardware.leaf.Encls.einit(
                      rig.machine.epc().addressOf(0),
                      dev.ksgx.hardware.image.SampleEnclaves.tiny().sigStruct(),
                      dev.ksgx.hardware.structure.EinitToken.NONE)));
      CpuRig.Ran ran = rig.runAndBlock(1, einit);
      rig.toTheEnd();
      StepResult.Leaf leaf = (StepResult.Leaf) ran.executed.last();
      assertThat(leaf.result().code())
          .as("a tick every 10,000 cycles")
          .isEqualTo(dev.ksgx.hardware.structure.SgxCode.UNMASKED_EVENT);
      assertThat(ran.endNanos).as("EINIT ran up to its first poll").isGreaterThan(SWITCH + 5_000);
    }
  }
}
