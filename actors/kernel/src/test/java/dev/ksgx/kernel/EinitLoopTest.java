package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.runtime.probe.Resource;
import java.util.function.ToLongFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** EINIT as v5 tries it (driver.md 4). */
class EinitLoopTest {
  private static final long ROUNDS = 50;
  private static final long SLEEP_NANOS = 20_000_000;

  private static KernelConfig config(int cores) {
    KernelConfig config = KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
    return config
        .withMachine(MachineConfig.builder().processors(cores).build())
        .withInterrupts(0, 0)
        .withCosts(config.costs().jitter(0));
  }

  /**
   * Interrupts so frequent that an EINIT with a token, made long, never ends, while the launch
   * enclave's own, made short, does.
   */
  private static KernelConfig storm() {
    KernelConfig config = config(4);
    return config
        .withCosts(config.costs().with(Cost.EINIT, 4_000).with(Cost.EINIT_TOKEN, 3_000_000))
        .withInterrupts(0, 50_000);
  }

  private static long sum(Rig rig, ToLongFunction<CoreMessage.Counters> figure) {
    return rig.cores().stream().mapToLong(figure).sum();
  }

  private static SgxIoctl.Init ready(Rig rig, Rig.Process process) {
    rig.open(process);
    long base = Ioctls.added(rig, process, SampleEnclaves.tiny());
    rig.block(process.task());
    rig.system().runToQuiescence().orThrow();
    return new SgxIoctl.Init(base, SampleEnclaves.tiny().sigStruct(), false);
  }

  private static Resource enclLock(Rig rig) {
    return rig.system().probe().resources().stream()
        .filter(r -> r.group().equals("encl-lock") && !r.holders().isEmpty())
        .findFirst()
        .orElse(null);
  }

  @Test
  void theMsrsAreWrittenOnceACoreAndThenNoMore() {
    try (Rig rig = new Rig(config(1))) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      rig.system().runToQuiescence().orThrow();
      CoreMessage.Counters cold = rig.cores().get(0);
      assertThat(cold.einits()).as("the launch enclave: refused, written, done").isEqualTo(2);
      assertThat(cold.msrWrites()).isEqualTo(4);
      for (int i = 1; i <= 5; i++) {
        assertThat(rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
        assertThat(rig.cores().get(0).einits()).isEqualTo(2 + i);
        assertThat(rig.cores().get(0).msrWrites()).isEqualTo(4);
        assertThat(rig.cores().get(0).wastedCycles()).isEqualTo(cold.wastedCycles());
      }
    }
  }

  @Test
  void aWastedEinitCostsWhatItsStepCosts() {
    KernelConfig config = config(1);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      rig.system().runToQuiescence().orThrow();
      long wasted = rig.cores().get(0).wastedCycles();
      assertThat(wasted)
          .as("refused at step 12: EINITTOKENKEY with another hash in the MSRs")
          .isCloseTo(config.costs().einit(12, false), Offset.offset(4L));
      assertThat(wasted).isLessThan(config.costs().cycles(Cost.EINIT));
    }
    KernelConfig apart = config(2).withScheduling(Scheduling.PINNED, 3_000_000);
    try (Rig rig = new Rig(apart)) {
      Rig.Process process = rig.process();
      SgxIoctl.Init init = ready(rig, process);
      long before = sum(rig, CoreMessage.Counters::wastedCycles);
      long msrsBefore = sum(rig, CoreMessage.Counters::msrWrites);
      assertThat(rig.ioctl(process, init).isZero()).isTrue();
      assertThat(sum(rig, CoreMessage.Counters::msrWrites) - msrsBefore)
          .as("a core that had firmware's hash")
          .isEqualTo(4);
      assertThat(sum(rig, CoreMessage.Counters::wastedCycles) - before)
          .as("the token's MAC was computed in vain")
          .isCloseTo(config.costs().einit(20, true), Offset.offset(4L));
    }
  }

  @Test
  void onManyCoresEachWritesItsMsrsAtMostOnce() {
    try (Rig rig = new Rig(config(6))) {
      Storm storm = new Storm(rig, 8, SampleEnclaves.tiny());
      storm.run(120);
      assertThat(storm.launched()).isEqualTo(120);
      long cores = rig.cores().stream().filter(core -> core.msrWrites() == 4).count();
      assertThat(rig.cores()).allMatch(core -> core.msrWrites() == 0 || core.msrWrites() == 4);
      assertThat(cores).isGreaterThan(1);
      assertThat(sum(rig, CoreMessage.Counters::einits))
          .as("121 enclaves, one refused EINIT a core")
          .isEqualTo(121 + cores);
    }
  }

  @Test
  void everyTryThatMeetsAnInterruptGives128AfterAThousandTriesAndFiftySleeps() {
    try (Rig rig = new Rig(storm(), 3)) {
      Rig.Process process = rig.process();
      SgxIoctl.Init init = ready(rig, process);
      long tries = sum(rig, CoreMessage.Counters::einitRetries);
      long before = rig.system().nowNanos();
      CallResult result = rig.ioctl(process, init);
      assertThat(result.value()).isEqualTo(SgxCode.UNMASKED_EVENT);
      assertThat(sum(rig, CoreMessage.Counters::einitRetries) - tries).isEqualTo(1_000);
      assertThat(rig.system().nowNanos() - before)
          .isBetween(ROUNDS * SLEEP_NANOS, ROUNDS * SLEEP_NANOS * 105 / 100);
      AtRest.check(rig, "after the storm");
    }
  }

  @Test
  void anotherCallOnTheEnclaveWaitsForTheWholeLoop() {
    try (Rig rig = new Rig(storm())) {
      Rig.Process process = rig.process();
      SgxIoctl.Init init = ready(rig, process);
      Rig.Pending<Returned> loop = rig.startIoctl(process, process.task(), init);
      rig.runUntil(() -> enclLock(rig) != null);
      Rig.Pending<Returned> add =
          rig.startIoctl(process, rig.thread(process), Ioctls.page(init.addr()));
      rig.system().runUntil(rig.system().nowNanos() + (ROUNDS - 1) * SLEEP_NANOS);
      assertThat(loop.isDone()).isFalse();
      assertThat(add.isDone()).isFalse();
      assertThat(rig.finish(add).result().errno()).isEqualTo(Errno.EEXIST);
      assertThat(rig.finish(loop).result().value()).isEqualTo(SgxCode.UNMASKED_EVENT);
    }
  }

  @Test
  void aSignalEndsTheSleepBetweenTwoRounds() {
    try (Rig rig = new Rig(storm())) {
      Rig.Process process = rig.process();
      SgxIoctl.Init init = ready(rig, process);
      Rig.Pending<Returned> loop = rig.startIoctl(process, process.task(), init);
      rig.system().runUntil(rig.system().nowNanos() + 3 * SLEEP_NANOS + SLEEP_NANOS / 2);
      long signalled = rig.system().nowNanos();
      rig.signal(process.task());
      assertThat(rig.finish(loop).result().errno()).isEqualTo(Errno.ERESTARTSYS);
      assertThat(rig.system().nowNanos() - signalled).as("at once").isLessThan(100_000);
      assertThat(enclLock(rig)).as("the lock is free").isNull();
      AtRest.check(rig, "after the signal");
    }
  }

  @Test
  void onceTheStormIsOverTheNextTrySucceeds() {
    try (Rig rig = new Rig(config(4))) {
      Rig.Process process = rig.process();
      SgxIoctl.Init init = ready(rig, process);
      Rig.Pending<Returned> call = rig.startIoctl(process, process.task(), init);
      rig.runUntil(() -> enclLock(rig) != null);
      long einitNanos = (long) (128_000 / 3.8);
      for (int i = 0; i < 3; i++) {
        rig.system().runUntil(rig.system().nowNanos() + einitNanos / 3);
        rig.doors.cores().forEach(core -> core.tell(CoreMessage.Interrupt.NOW));
      }
      assertThat(rig.finish(call).result().isZero()).isTrue();
      assertThat(sum(rig, CoreMessage.Counters::einitRetries)).isEqualTo(3);
    }
  }
}
