package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.random.RandomStream;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The launch path alone is an M/D/1 queue: requests in a Poisson stream straight to launch control,
 * a launch enclave that always finds an idle core, hand-over that costs nothing. The mean wait for
 * the mutex must be that of theory.
 */
class LaunchControlTheoryTest {
  private static final int BATCHES = 32;
  private static final double STANDARD_ERRORS = 4;

  private static KernelConfig launchPathOnly() {
    CostModel costs = CostModel.pCfl().jitter(0);
    for (Cost handOver :
        new Cost[] {
          Cost.PIPE_READ, Cost.PIPE_WRITE, Cost.CONTEXT_SWITCH, Cost.HASH_MODULUS, Cost.SYSCALL
        }) {
      costs = costs.with(handOver, 0);
    }
    return KernelConfig.preset(Preset.V5)
        .withBugs(Bugs.fixed())
        .withCosts(costs)
        .withInterrupts(0, 0);
  }

  @ParameterizedTest(name = "utilisation {0}")
  @CsvSource({"0.5, 300", "0.8, 800", "0.95, 3000"})
  void theMeanWaitForTheMutexIsThatOfMD1(double utilisation, int requestsPerBatch) {
    KernelConfig config = launchPathOnly();
    try (Rig rig = new Rig(config, 11)) {
      Rig.Process opener = rig.process();
      rig.open(opener);
      rig.block(opener.task());
      rig.system().runToQuiescence().orThrow();
      Requests requests =
          new Requests(rig, Math.round(TokenCost.ecall(config.costs()) / 3.8), utilisation);
      double[] means = new double[BATCHES];
      requests.run(requestsPerBatch);
      for (int batch = 0; batch < BATCHES; batch++) {
        means[batch] = requests.run(requestsPerBatch);
      }
      double service = requests.serviceNanos;
      double theory = utilisation * service / (2 * (1 - utilisation));
      double mean = mean(means);
      double error = standardError(means, mean);
      assertThat(mean)
          .as("mean wait in ns, standard error %.0f, service %.0f", error, service)
          .isBetween(theory - STANDARD_ERRORS * error, theory + STANDARD_ERRORS * error);
      assertThat(error).as("the test can tell").isLessThan(theory / 10);
      assertThat(requests.longestServiceNanos)
          .as("every request is served for the same time, rounding aside")
          .isCloseTo(requests.serviceNanos, Offset.offset(5L));
    }
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double standardError(double[] values, double mean) {
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }

  /** A Poisson stream of tasks, each with one request, and what they waited. */
  private static final class Requests implements ProbeListener {
    private static final int FIRST_TID = 1_000_000;

    private final Rig rig;
    private final long serviceNanos;
    private final double meanGapNanos;
    private final RandomStream gaps;
    private final SigStruct sigStruct = SampleEnclaves.tiny().sigStruct();
    private final Map<Long, Long> waits = new HashMap<>();
    private double arrival;
    private long last;
    private long answered;
    private double waited;
    private long longestServiceNanos;

    Requests(Rig rig, long serviceNanos, double utilisation) {
      this.rig = rig;
      this.serviceNanos = serviceNanos;
      this.meanGapNanos = serviceNanos / utilisation;
      this.gaps = rig.system().random().stream("arrivals");
      this.arrival = rig.system().nowNanos();
      rig.system().probe().addListener(this);
    }

    /** Runs until that many more were answered; the stream goes on. Mean wait of these. */
    double run(int count) {
      long until = answered + count;
      waited = 0;
      if (last == 0) {
        scheduleNext();
      }
      rig.runUntil(() -> answered == until).orThrow();
      return waited / count;
    }

    private void scheduleNext() {
      arrival += gaps.exponential(meanGapNanos);
      rig.insideAt(
          Math.round(arrival),
          () -> {
            request();
            scheduleNext();
          });
    }

    private void request() {
      long number = ++last;
      long began = rig.system().nowNanos();
      TaskRef task = new TaskRef(FIRST_TID, FIRST_TID + (int) number, TaskRef.Kind.CREATOR);
      RequestId request = new RequestId(number + FIRST_TID);
      rig.doors
          .launchControl()
          .tell(
              new LaunchControlMessage.GetToken(
                  task,
                  request,
                  sigStruct,
                  sigStruct.attributes(),
                  rig.calls()
                      .<LaunchControlMessage.Token>expect(
                          token -> {
                            assertThat(token.result().isZero()).isTrue();
                            rig.doors.scheduler().tell(new SchedulerMessage.Exit(task));
                            rig.system().probe().done(request.value());
                            Long wait = waits.remove(request.value());
                            long waitNanos = wait == null ? 0 : wait;
                            waited += waitNanos;
                            longestServiceNanos =
                                Math.max(
                                    longestServiceNanos,
                                    rig.system().nowNanos() - began - waitNanos);
                            answered++;
                          }),
                  rig.self()));
    }

    @Override
    public void interval(
        long request, IntervalKind kind, Resource resource, long holder, long from, long to) {
      if (kind == IntervalKind.WAITING && resource.name().equals("launch-enclave")) {
        waits.merge(request, to - from, Long::sum);
      }
    }
  }
}
