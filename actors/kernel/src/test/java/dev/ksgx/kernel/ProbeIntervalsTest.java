package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a launch's time went: its intervals abut and sum to its latency, to the nanosecond. */
class ProbeIntervalsTest {
  private static final int LAUNCHES = 400;

  static Stream<Arguments> kernels() {
    return Stream.of(AddMode.values())
        .flatMap(add -> Stream.of(Scheduling.values()).map(policy -> Arguments.of(add, policy)));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void intervalsOfALaunchSumToItsLatency(AddMode add, Scheduling policy) {
    KernelConfig config =
        KernelConfig.preset(Preset.V5)
            .withAdd(add)
            .withScheduling(policy, 3_000_000)
            .withInterrupts(250, 2_000);
    try (Rig rig = new Rig(config)) {
      Storm storm = new Storm(rig, 12, SampleEnclaves.tiny());
      Sums sums = new Sums(rig);
      storm.listen(sums);
      storm.run(LAUNCHES);
      assertThat(storm.launched()).isEqualTo(LAUNCHES);
      assertThat(sums.checked).isEqualTo(LAUNCHES);
      assertThat(sums.nanosBy).containsKeys("einit", "wrmsr", "token", "interrupt", "software");
      assertThat(sums.nanosBy).containsKeys("SERVING core", "WAITING launch-enclave");
    }
  }

  static Stream<Arguments> launchEnclaves() {
    return Stream.of(KernelLe.Channel.values())
        .flatMap(channel -> Stream.of(1, 3).map(n -> Arguments.of(new KernelLe(channel, n, n))));
  }

  @ParameterizedTest
  @MethodSource("launchEnclaves")
  void whateverTheChannelOfTheLaunchEnclaveAndHoweverManyThreadsItHas(KernelLe shape) {
    KernelConfig config =
        KernelConfig.preset(Preset.V5)
            .withAdd(AddMode.SYNCHRONOUS)
            .withLaunch(LaunchDesign.kernelLe(shape.channel()).withKernelLe(shape))
            .withBugs(Bugs.fixed())
            .withInterrupts(250, 2_000);
    try (Rig rig = new Rig(config)) {
      Storm storm = new Storm(rig, 12, SampleEnclaves.tiny());
      Sums sums = new Sums(rig);
      storm.listen(sums);
      rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
      storm.run(100);
      assertThat(storm.launched())
          .as("all but those that were being served when it was killed")
          .isBetween(100L - shape.servers(), 100L);
      assertThat(sums.checked).isEqualTo(100);
      assertThat(sums.nanosBy).containsKeys("SERVING core", "WAITING launch-enclave-reply");
    }
  }

  /** Adds up what the probe tells and compares at the end of each launch. */
  private static final class Sums implements ProbeListener {
    private final Rig rig;
    private final Map<Long, Long> started = new HashMap<>();
    private final Map<Long, Long> reached = new HashMap<>();
    private final Map<Long, Long> sum = new HashMap<>();
    private final Map<String, Long> nanosBy = new TreeMap<>();
    private final Map<Long, Long> parts = new HashMap<>();
    private int checked;

    Sums(Rig rig) {
      this.rig = rig;
    }

    @Override
    public void mark(long request, String label, long atNanos) {
      if (label.equals("start")) {
        started.put(request, atNanos);
      }
    }

    @Override
    public void interval(
        long request, IntervalKind kind, Resource resource, long holder, long from, long to) {
      Long before = reached.put(request, to);
      if (before != null) {
        assertThat(from).as("the next interval begins where this one ended").isEqualTo(before);
      }
      Long told = parts.remove(request);
      if (resource.group().equals("core")) {
        assertThat(told == null ? 0 : told).as("its parts sum to it").isEqualTo(to - from);
      } else {
        assertThat(told).as("parts of another resource").isNull();
      }
      sum.merge(request, to - from, Long::sum);
      nanosBy.merge(kind + " " + resource.group(), to - from, Long::sum);
    }

    @Override
    public void spent(long request, Resource resource, String label, long nanos) {
      assertThat(nanos).isPositive();
      parts.merge(request, nanos, Long::sum);
      nanosBy.merge(label, nanos, Long::sum);
    }

    @Override
    public void done(long request, long fromNanos, long toNanos) {
      Long start = started.get(request);
      if (start != null) {
        assertThat(fromNanos).as("it begins with its first call").isEqualTo(start);
        assertThat(toNanos).isEqualTo(rig.system().nowNanos());
        assertThat(sum.get(request)).isEqualTo(toNanos - start);
        checked++;
      }
    }
  }
}
