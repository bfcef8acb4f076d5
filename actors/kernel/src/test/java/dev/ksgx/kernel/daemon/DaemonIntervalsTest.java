package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Where the time of a launch goes that sleeps while a daemon works for it. */
class DaemonIntervalsTest {
  /** Checks that intervals abut, and adds them up. */
  private static final class Sums implements ProbeListener {
    final Map<Long, Long> reached = new HashMap<>();
    final Map<Long, Long> sum = new HashMap<>();
    final Map<String, Long> nanosBy = new TreeMap<>();
    int over;

    @Override
    public void interval(
        long request, IntervalKind kind, Resource resource, long holder, long from, long to) {
      Long before = reached.put(request, to);
      if (before != null) {
        assertThat(from).as("the next interval begins where this one ended").isEqualTo(before);
      }
      sum.merge(request, to - from, Long::sum);
      nanosBy.merge(kind + " " + resource.group(), to - from, Long::sum);
    }

    @Override
    public void done(long request, long fromNanos, long toNanos) {
      if (sum.containsKey(request)) {
        assertThat(sum.get(request)).isEqualTo(toNanos - fromNanos);
        over++;
      }
    }
  }

  private static Sums storm(KernelConfig config, int processes, int launches) {
    try (DaemonRig rig = DaemonRig.with(config, 3)) {
      Sums sums = new Sums();
      rig.settle();
      rig.rig.system().probe().addListener(sums);
      for (int i = 0; i < processes; i++) {
        Rig.Process process = rig.rig.process();
        rig.rig.inside(() -> next(rig, process, launches));
      }
      rig.settle();
      assertThat(sums.over).isEqualTo(2 * processes * launches);
      assertThat(rig.rig.system().probe().openRequests()).isZero();
      return sums;
    }
  }

  private static void next(DaemonRig rig, Rig.Process process, int left) {
    if (left == 0) {
      rig.rig.block(process.task());
      return;
    }
    RequestId request = rig.rig.newRequest();
    rig.rig.launchInside(
        process,
        SampleEnclaves.tiny(),
        request,
        outcome -> {
          assertThat(outcome.result().toString()).isEqualTo("OK");
          rig.rig.system().probe().done(request.value());
          unmap(rig, process, outcome, left);
        });
  }

  private static void unmap(
      DaemonRig rig, Rig.Process process, LaunchSequence.Outcome outcome, int left) {
    RequestId request = rig.rig.newRequest();
    long bytes = SampleEnclaves.tiny().image().sizeBytes();
    process
        .space()
        .tell(
            new AddressSpaceMessage.Munmap(
                process.task(),
                request,
                outcome.address(),
                bytes,
                rig.rig
                    .calls()
                    .<Returned>expect(
                        unmapped -> {
                          rig.rig.system().probe().done(request.value());
                          next(rig, process, left - 1);
                        }),
                rig.rig.self()));
  }

  @Test
  void theIntervalsOfALaunchAbutAndSumToItsLatency() {
    Sums sums = storm(DaemonRig.config(DaemonRig.pool(2, 1, 1)).withInterrupts(250, 2_000), 12, 30);
    assertThat(sums.nanosBy)
        .containsKeys("WAITING launch-enclave-reply", "SERVING core", "WAITING cores");
  }

  @Test
  void aQueuedClientWaitsForTheQueueAndAWorkersClientForTheEnclave() {
    UserLe manyWorkers = DaemonRig.pool(8, 1, 1);
    KernelConfig fast =
        DaemonRig.config(manyWorkers)
            .withAdd(AddMode.SYNCHRONOUS)
            .withMachine(MachineConfig.builder().processors(32).build());
    Sums behindMutex = storm(fast, 16, 10);
    long queue = behindMutex.nanosBy.getOrDefault("WAITING launch-queue", 0L);
    long enclave = behindMutex.nanosBy.getOrDefault("WAITING launch-enclave", 0L);
    assertThat(enclave).as("eight workers, one enclave").isGreaterThan(10 * queue);
    KernelConfig oneWorker = fast.withLaunch(LaunchDesign.userLe(DaemonRig.pool(1, 8, 1)));
    Sums behindQueue = storm(oneWorker, 16, 10);
    assertThat(behindQueue.nanosBy.get("WAITING launch-queue")).isPositive();
    assertThat(behindQueue.nanosBy.getOrDefault("WAITING launch-enclave", 0L))
        .as("a worker finds an enclave at once")
        .isZero();
  }
}
