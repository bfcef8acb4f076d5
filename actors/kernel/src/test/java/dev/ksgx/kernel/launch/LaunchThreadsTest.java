package dev.ksgx.kernel.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.config.KernelLe.Channel;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.embed.AsyncEnclave;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.Returned;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A launch enclave with more threads and TCSs than any driver had (MODEL). */
class LaunchThreadsTest {
  private static KernelConfig config(Channel channel, int threads, int tcs) {
    return LaunchRig.config(new KernelLe(channel, threads, tcs), Bugs.fixed());
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "4, 1, 1", "1, 4, 1", "4, 2, 2", "2, 4, 2", "4, 4, 4"})
  void asManyRequestsAreServedAtATimeAsThereAreThreadsWithATcs(int threads, int tcs, int servers) {
    for (Channel channel : Channel.values()) {
      KernelConfig config = config(channel, threads, tcs);
      KernelConfig slow = config.withCosts(config.costs().with(Cost.EGETKEY, 4_000_000));
      try (LaunchRig le = new LaunchRig(slow)) {
        Rig.Process first = le.opened();
        assertThat(le.launch(first, LaunchRig.TINY).isZero()).isTrue();
        assertThat(le.lock().capacity()).isEqualTo(servers);
        List<Rig.Process> processes = new ArrayList<>();
        List<SgxIoctl.Init> inits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          processes.add(le.opened());
          inits.add(le.ready(processes.get(i), SampleEnclaves.pages(5 + i)));
        }
        List<Rig.Pending<Returned>> pending = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          pending.add(le.start(processes.get(i), inits.get(i)));
        }
        le.later(30_000);
        assertThat(le.lock().holders()).hasSize(servers);
        assertThat(le.lock().waiters()).hasSize(6 - servers);
        for (Rig.Pending<Returned> each : pending) {
          assertThat(le.rig.finish(each).result().isZero()).as("its own token").isTrue();
        }
      }
    }
  }

  @Test
  void moreTcsAreABiggerImageAndALongerStart() {
    long before = 0;
    for (int tcs : new int[] {1, 2, 4, 8}) {
      try (LaunchRig le = new LaunchRig(config(Channel.SLOT, tcs, tcs))) {
        le.opened();
        assertThat(le.rig.epc().frames() - le.rig.epc().free())
            .as("9 pages, 4 for each TCS beyond the first, SECS, VA")
            .isEqualTo(11 + 4L * (tcs - 1));
      }
      long start = startNanos(tcs);
      assertThat(start).isGreaterThan(before);
      before = start;
    }
  }

  /** Sixteen at once on 32 cores, by the cost model; the hash of v6 is made one at a time. */
  @ParameterizedTest
  @CsvSource({
    "PIPES, 1, 475_000", "PIPES, 2, 238_000", "PIPES, 4, 119_400", "PIPES, 8, 60_150",
    "SLOT, 1, 438_000", "SLOT, 2, 223_400", "SLOT, 4, 120_400", "SLOT, 8, 77_700"
  })
  void nServersAnswerNTimesAsFastUntilTheHashBinds(Channel channel, int n, String nanos) {
    MachineConfig machine = MachineConfig.builder().processors(32).build();
    try (LaunchRig le = new LaunchRig(config(channel, n, n).withMachine(machine))) {
      List<SgxIoctl.Init> inits = new ArrayList<>();
      List<Rig.Process> processes = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        processes.add(le.opened());
        inits.add(le.ready(processes.get(i), LaunchRig.TINY));
      }
      long before = le.rig.system().nowNanos();
      for (int i = 0; i < 16; i++) {
        le.start(processes.get(i), inits.get(i));
      }
      long hashed = before + 20_000;
      le.rig.runUntil(() -> le.rig.system().nowNanos() > hashed && le.lock().holders().isEmpty());
      assertThat(le.rig.system().nowNanos() - before)
          .isCloseTo(Long.parseLong(nanos.replace("_", "")), withinPercentage(1));
    }
  }

  /** From open() to the first token, the launch enclave's start included. */
  private static long startNanos(int tcs) {
    try (LaunchRig le = new LaunchRig(config(Channel.IOCTLS, tcs, tcs))) {
      Rig.Process process = le.opened();
      SgxIoctl.Init init = le.ready(process, LaunchRig.TINY);
      long before = le.rig.system().nowNanos();
      assertThat(le.rig.ioctl(process, init).isZero()).isTrue();
      return le.rig.system().nowNanos() - before;
    }
  }

  /** No clock orders the messages here: threads of the embedder, and of the launch enclave. */
  @ParameterizedTest
  @EnumSource(Channel.class)
  void inLiveTimeTooEachOfManyCallersGetsItsOwnToken(Channel channel) {
    try (SgxKernel kernel = SgxKernel.start(config(channel, 3, 3))) {
      List<CompletionStage<AsyncEnclave>> launches = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        SgxProcess process = kernel.process();
        launches.add(process.async().launch(SampleEnclaves.pages(5 + i % 7)));
      }
      for (CompletionStage<AsyncEnclave> launch : launches) {
        assertThat(launch.toCompletableFuture().join()).isNotNull();
      }
      assertThat(kernel.launchEnclave().requests()).isEqualTo(40);
      assertThat(kernel.launchEnclave().coldStarts()).isEqualTo(1);
      assertThat(kernel.audit().violations()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Channel.class)
  void aFaultOfOneThreadIsOverWhenItHasStruck(Channel channel) {
    try (LaunchRig le = new LaunchRig(config(channel, 2, 2))) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      Rig.Process two = le.opened();
      SgxIoctl.Init hangs = le.ready(one, LaunchRig.TINY);
      le.fault(LaunchFault.ONE_HUNG);
      Rig.Pending<Returned> pending = le.duringEcall(one, hangs);
      for (int i = 0; i < 5; i++) {
        assertThat(le.launch(two, LaunchRig.OTHER).isZero()).isTrue();
      }
      assertThat(pending.isDone()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Channel.class)
  void oneThreadThatHangsLeavesTheOthersAtWork(Channel channel) {
    try (LaunchRig le = new LaunchRig(config(channel, 2, 2))) {
      Rig.Process one = le.opened();
      assertThat(le.launch(one, LaunchRig.TINY).isZero()).isTrue();
      Rig.Process two = le.opened();
      SgxIoctl.Init hangs = le.ready(one, LaunchRig.TINY);
      le.fault(LaunchFault.HUNG);
      Rig.Pending<Returned> pending = le.duringEcall(one, hangs);
      le.fault(LaunchFault.NONE);
      for (int i = 0; i < 5; i++) {
        assertThat(le.launch(two, LaunchRig.OTHER).isZero()).isTrue();
      }
      assertThat(pending.isDone()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Channel.class)
  void killedAtWorkInAllThreadsItExitsWholeAndComesBackOnce(Channel channel) {
    try (LaunchRig le = new LaunchRig(config(channel, 3, 3))) {
      Rig.Process first = le.opened();
      assertThat(le.launch(first, LaunchRig.TINY).isZero()).isTrue();
      List<Rig.Process> processes = new ArrayList<>();
      List<SgxIoctl.Init> inits = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        processes.add(le.opened());
        inits.add(le.ready(processes.get(i), SampleEnclaves.pages(5 + i)));
      }
      List<Rig.Pending<Returned>> pending = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        pending.add(le.start(processes.get(i), inits.get(i)));
      }
      le.later(15_000);
      assertThat(le.lock().holders()).hasSize(3);
      le.kill();
      int failed = 0;
      for (Rig.Pending<Returned> each : pending) {
        failed += le.rig.finish(each).result().isZero() ? 0 : 1;
      }
      assertThat(failed).as("those that were being served; the others start it").isEqualTo(3);
      assertThat(le.coldStarts()).isEqualTo(2);
      for (int i = 0; i < 5; i++) {
        assertThat(le.rig.ioctl(processes.get(i), inits.get(i)).isZero()).isTrue();
      }
      for (Rig.Process process : processes) {
        le.rig.exit(process);
      }
      le.rig.exit(first);
      le.settle();
      assertThat(le.rig.epc().free()).isEqualTo(le.rig.epc().frames());
    }
  }
}
