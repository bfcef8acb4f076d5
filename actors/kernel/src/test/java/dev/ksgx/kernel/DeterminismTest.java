package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.paging.HeapEnclave;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.kernel.process.UserMode;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.runtime.virtual.VirtualOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Same seed, same messages in the same order at the same instants: whatever else the JVM does. */
@Tag("both-jdks")
class DeterminismTest {
  /**
   * The storm of seed 7. Any change of messages, costs or order changes it: then take the new
   * figure, after a look at why.
   */
  private static final String GOLDEN =
      "3cebcf4f51b58d325d4f2813cd1ec8784020c7d9644c8d8aafc76d2cfd156822";

  /** Two enclaves that do not fit together, seed 7, by preset. */
  private static final Map<Preset, String> GOLDEN_PAGING =
      Map.of(
          Preset.V5,
          "d70b16abdaaee4e5cdb5783cf152a89138dbbbaa5b14d70364a5964bdee24903",
          Preset.OUT_OF_TREE,
          "815eefc8e1c3a7905d75318dd47f009d6f15eef428c792ea226f3be48bf47a39",
          Preset.DCAP_LE,
          "73f2d340ade2a066f7606d3ab7076758393fd0098c3cc77809e803856f22997d",
          Preset.MAINLINE,
          "8121fbc5e0c61052cd8ca444e409da6ffb3f6c3eb72db08f2206002f1a91ce34");

  /** Each writes and reads all its heap twice, on two cores, in an EPC that holds neither. */
  private static String digestOfPaging(Preset preset, long seed) {
    KernelConfig config =
        KernelConfig.preset(preset)
            .withInterrupts(250, 2_000)
            .withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * 128).build());
    try (Rig rig = new Rig(config, VirtualOptions.seed(seed).withDigest(true))) {
      List<Rig.Pending<LaunchSequence.Outcome>> launches = new ArrayList<>();
      List<Rig.Process> processes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        processes.add(rig.process());
        rig.open(processes.get(i));
        launches.add(rig.startLaunch(processes.get(i), HeapEnclave.of(1, 150)));
      }
      for (int round = 0; round < 2; round++) {
        List<Rig.Pending<Executed>> visits = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          long base = rig.finish(launches.get(i)).address();
          visits.add(visit(rig, processes.get(i), base, HeapEnclave.write(base, 1, 0, 150, round)));
        }
        visits.forEach(rig::finish);
      }
      for (int i = 0; i < 2; i++) {
        long base = rig.finish(launches.get(i)).address();
        Executed end =
            rig.finish(visit(rig, processes.get(i), base, HeapEnclave.verify(base, 1, 0, 150, 1)));
        assertThat(((StepResult.Left) end.last()).value().hex()).isEqualTo("00000000");
      }
      return rig.system().digest();
    }
  }

  private static Rig.Pending<Executed> visit(
      Rig rig, Rig.Process process, long base, Supplier<EnclaveProgram> program) {
    Step enter = new Step.Enter(base, rig.state(process, base).translation(), program);
    return rig.ask(
        call -> {
          Flow flow =
              new Flow(
                  process.task(), rig.newRequest(), rig.calls(), rig.self(), rig.doors.scheduler());
          new UserMode(flow, process.space(), rig.self(), rig.calls())
              .run(
                  Burst.of(enter),
                  ran -> {
                    rig.block(process.task());
                    rig.self()
                        .tell(
                            new Executed(
                                call, ran.task(), ran.core(), ran.results(), ran.signalPending()));
                  });
        });
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void pagingRunsOfOneSeedHaveOneDigestOnEveryJavaPlatform(Preset preset) {
    assertThat(digestOfPaging(preset, 7)).isEqualTo(GOLDEN_PAGING.get(preset));
    assertThat(digestOfPaging(preset, 8)).isNotEqualTo(GOLDEN_PAGING.get(preset));
  }

  @Test
  void twoPagingSystemsInParallelGiveTheirSoloDigests() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<String>> both = new ArrayList<>();
      for (Preset preset : Preset.values()) {
        both.add(threads.submit(() -> digestOfPaging(preset, 7)));
      }
      for (Preset preset : Preset.values()) {
        assertThat(both.get(preset.ordinal()).get()).isEqualTo(GOLDEN_PAGING.get(preset));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static String digestOfAStorm(long seed, AddMode add) {
    KernelConfig config = KernelConfig.preset(Preset.V5).withAdd(add).withInterrupts(250, 2_000);
    try (Rig rig = new Rig(config, VirtualOptions.seed(seed).withDigest(true))) {
      Storm storm = new Storm(rig, 8, SampleEnclaves.tiny());
      storm.run(300);
      assertThat(storm.launched()).isEqualTo(300);
      assertThat(rig.cores().stream().mapToLong(c -> c.interrupts()).sum()).isGreaterThan(50);
      return rig.system().digest();
    }
  }

  @Test
  void theSameSeedGivesTheSameDigestAndAnotherSeedAnother() {
    List<String> digests = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      digests.add(digestOfAStorm(7, AddMode.DEFERRED));
    }
    assertThat(digests).containsOnly(digests.get(0));
    assertThat(digestOfAStorm(8, AddMode.DEFERRED)).isNotEqualTo(digests.get(0));
    assertThat(digestOfAStorm(7, AddMode.SYNCHRONOUS)).isNotEqualTo(digests.get(0));
  }

  @Test
  void theDigestIsTheSameOnEveryJavaPlatform() {
    assertThat(digestOfAStorm(7, AddMode.DEFERRED)).isEqualTo(GOLDEN);
  }

  @Test
  void twoSystemsInParallelGiveTheirSoloDigestsWhileTheCommonPoolIsHammered() throws Exception {
    String seven = digestOfAStorm(7, AddMode.DEFERRED);
    String eight = digestOfAStorm(8, AddMode.SYNCHRONOUS);
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Future<Long> hammer =
          threads.submit(
              () -> {
                long sum = 0;
                while (!stop.get()) {
                  sum += LongStream.range(0, 10_000).parallel().map(i -> i * i).sum();
                  sum += ForkJoinPool.commonPool().submit(() -> 1).get();
                }
                return sum;
              });
      Callable<String> one = () -> digestOfAStorm(7, AddMode.DEFERRED);
      Callable<String> two = () -> digestOfAStorm(8, AddMode.SYNCHRONOUS);
      List<Future<String>> results = List.of(threads.submit(one), threads.submit(two));
      assertThat(results.get(0).get()).isEqualTo(seven);
      assertThat(results.get(1).get()).isEqualTo(eight);
      stop.set(true);
      assertThat(hammer.get()).isNotZero();
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
  }
}
