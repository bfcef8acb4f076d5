package dev.ksgx.load.bench;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.load.report.LivesResult;
import dev.ksgx.load.run.LivesRun;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The life of one enclave on 93.5 MiB of EPC: built, every heap page zeroed from inside, destroyed,
 * without contents. Time is per page, so that the three sizes can be compared within one run: it
 * must not grow. And the boot of a machine with 64 GiB.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx2g"})
public class PagingBenchmark {
  private static final int PAGES_256_MIB = 65_536;
  private static final int PAGES_1_GIB = 262_144;
  private static final int PAGES_4_GIB = 1_048_576;

  @Benchmark
  @OperationsPerInvocation(PAGES_256_MIB)
  public LivesResult heapOf256MiBPerPage() {
    return life(PAGES_256_MIB);
  }

  @Benchmark
  @OperationsPerInvocation(PAGES_1_GIB)
  public LivesResult heapOf1GiBPerPage() {
    return life(PAGES_1_GIB);
  }

  @Benchmark
  @OperationsPerInvocation(PAGES_4_GIB)
  public LivesResult heapOf4GiBPerPage() {
    return life(PAGES_4_GIB);
  }

  private static LivesResult life(int pages) {
    Scenario scenario =
        Scenarios.load(
            "sdk-heap-1gb",
            List.of("load.groups.sdk.unmeasured-pages=" + pages),
            OptionalLong.empty());
    return LivesRun.run(scenario, false, RunControl.NONE);
  }

  @Benchmark
  public long boot64GiB() {
    MachineConfig machine = MachineConfig.builder().epcBytes(64L << 30).build();
    try (SimulatedKernel kernel =
        SgxKernel.simulated(KernelConfig.preset(Preset.MAINLINE).withMachine(machine), 1)) {
      return kernel.epc().frames();
    }
  }
}
