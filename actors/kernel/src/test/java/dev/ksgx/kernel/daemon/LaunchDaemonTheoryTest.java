package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.TokenCost;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.config.UserLe.TokenCache;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.random.RandomStream;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The daemon alone, with an idle core for each of its threads and hand-over that costs nothing, is
 * what theory says: a pool of n an M/D/n queue, its cache an LRU list under independent references.
 */
class LaunchDaemonTheoryTest {
  private static final int BATCHES = 32;
  private static final double STANDARD_ERRORS = 4;

  private static KernelConfig launchPathOnly(UserLe daemon) {
    CostModel costs = CostModel.pCfl().jitter(0);
    for (Cost handOver :
        new Cost[] {
          Cost.SOCKET_READ,
          Cost.SOCKET_WRITE,
          Cost.DAEMON_OVERHEAD,
          Cost.CONTEXT_SWITCH,
          Cost.SYSCALL
        }) {
      costs = costs.with(handOver, 0);
    }
    return DaemonRig.config(daemon)
        .withMachine(MachineConfig.builder().processors(32).build())
        .withBugs(Bugs.fixed())
        .withCosts(costs);
  }

  @ParameterizedTest(name = "{0} workers, {1} enclaves of {2} threads: {4} waits as M/D/{3}")
  @CsvSource({
    "1, 1, 1, 1, launch-queue",
    "2, 2, 1, 2, launch-queue",
    "4, 1, 4, 4, launch-queue",
    "8, 8, 1, 8, launch-queue",
    "24, 1, 2, 2, launch-enclave"
  })
  void aPoolOfNThreadsServesAPoissonStreamAsMDn(
      int workers, int enclaves, int threads, int servers, String resource) {
    double utilisation = 0.8;
    KernelConfig config = launchPathOnly(DaemonRig.pool(workers, enclaves, threads));
    try (DaemonRig rig = DaemonRig.with(config, 17)) {
      rig.settle();
      double service = Math.round(TokenCost.ecall(config.costs()) / 3.8);
      Requests requests = new Requests(rig, service / utilisation / servers, resource);
      int each = 500 * servers;
      requests.run(each);
      double[] means = new double[BATCHES];
      for (int batch = 0; batch < BATCHES; batch++) {
        means[batch] = requests.run(each);
      }
      double theory = service * waitOfMDn(servers, utilisation);
      double mean = DoubleStream.of(means).average().orElseThrow();
      double error = standardError(means, mean);
      assertThat(mean)
          .as("mean wait in ns, standard error %.0f, theory %.0f", error, theory)
          .isBetween(theory - STANDARD_ERRORS * error, theory + STANDARD_ERRORS * error);
      assertThat(error).as("the test can tell").isLessThan(theory / 10);
      assertThat(rig.counters().drops() + rig.counters().timeouts()).isZero();
    }
  }

  /**
   * Mean wait of M/D/n in service times (Crommelin 1932): with a = n rho, the sum over i of P(N >=
   * i n) - n/a P(N > i n), N Poisson of mean i a.
   */
  private static double waitOfMDn(int servers, double utilisation) {
    double offered = servers * utilisation;
    double sum = 0;
    double term = 1;
    for (int i = 1; term > 1e-12 && i < 10_000; i++) {
      term = tail(i * offered, i * servers) - tail(i * offered, i * servers + 1) / utilisation;
      sum += term;
    }
    return sum;
  }

  /** P(N >= from) of a Poisson variable. */
  private static double tail(double mean, int from) {
    double logTerm = -mean;
    for (int k = 1; k <= from; k++) {
      logTerm += Math.log(mean / k);
    }
    double sum = 0;
    double term = Math.exp(logTerm);
    for (int k = from; k < from + 20 * Math.sqrt(mean) + 100; k++) {
      sum += term;
      term *= mean / (k + 1);
    }
    return sum;
  }

  @Test
  void theFormulaIsThatOfPollaczekAndKhinchinForOneServer() {
    for (double utilisation : new double[] {0.3, 0.5, 0.8}) {
      assertThat(waitOfMDn(1, utilisation))
          .isCloseTo(utilisation / 2 / (1 - utilisation), Offset.offset(1e-9));
    }
  }

  private static double standardError(double[] values, double mean) {
    double squares = DoubleStream.of(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }

  /** A Poisson stream of tasks, each with one request, and what they waited. */
  private static final class Requests implements ProbeListener {
    private static final int FIRST_TID = 1_000_000;

    private final DaemonRig rig;
    private final double meanGapNanos;
    private final String resource;
    private final RandomStream gaps;
    private final Map<Long, Long> waits = new HashMap<>();
    private double arrival;
    private long last;
    private long answered;
    private double waited;

    Requests(DaemonRig rig, double meanGapNanos, String resource) {
      this.rig = rig;
      this.meanGapNanos = meanGapNanos;
      this.resource = resource;
      this.gaps = rig.rig.system().random().stream("arrivals");
      this.arrival = rig.rig.system().nowNanos();
      rig.rig.system().probe().addListener(this);
    }

    /** Runs until that many more were answered; the stream goes on. Mean wait of these. */
    double run(int count) {
      long until = answered + count;
      waited = 0;
      if (last == 0) {
        scheduleNext();
      }
      rig.rig.runUntil(() -> answered == until).orThrow();
      return waited / count;
    }

    private void scheduleNext() {
      arrival += gaps.exponential(meanGapNanos);
      rig.rig.insideAt(
          Math.round(arrival),
          () -> {
            request();
            scheduleNext();
          });
    }

    private void request() {
      long number = ++last;
      TaskRef task = new TaskRef(FIRST_TID, FIRST_TID + (int) number, TaskRef.Kind.CREATOR);
      RequestId request = new RequestId(number + FIRST_TID);
      long call =
          rig.rig
              .calls()
              .<DaemonMessage.Answer>expect(
                  answer -> {
                    assertThat(answer.result().isZero()).isTrue();
                    rig.rig.system().probe().done(request.value());
                    Long wait = waits.remove(request.value());
                    waited += wait == null ? 0 : wait;
                    answered++;
                  });
      rig.rig
          .doors
          .tokensOf(0)
          .daemon()
          .tell(
              new DaemonMessage.Ask(task, request, DaemonRig.tiny().bytes(), call, rig.rig.self()));
    }

    @Override
    public void interval(
        long request, IntervalKind kind, Resource waitedFor, long holder, long from, long to) {
      if (kind == IntervalKind.WAITING && waitedFor.name().equals(resource)) {
        waits.merge(request, to - from, Long::sum);
      }
    }
  }

  private static final double[] POPULARITY = {0.35, 0.2, 0.15, 0.1, 0.08, 0.06, 0.04, 0.02};

  private static TokenRequest item(int index) {
    return new TokenRequest(
        Bytes.zeros(32).with(0, Bytes.copyOf(new byte[] {(byte) (index + 1)})),
        Bytes.zeros(32),
        new Attributes(Attributes.MODE64BIT, 3));
  }

  /** Hit rate of an LRU list of {@code room} places under independent references (King 1971). */
  private static double hitRate(int room, boolean[] listed, double probability, double left) {
    double listedShare =
        IntStream.range(0, listed.length)
            .filter(i -> listed[i])
            .mapToDouble(i -> POPULARITY[i])
            .sum();
    if (room == 0) {
      return probability * listedShare;
    }
    double sum = 0;
    for (int i = 0; i < POPULARITY.length; i++) {
      if (!listed[i]) {
        listed[i] = true;
        double p = POPULARITY[i];
        sum += hitRate(room - 1, listed, probability * p / left, left - p);
        listed[i] = false;
      }
    }
    return sum;
  }

  @ParameterizedTest(name = "capacity {0}")
  @CsvSource({"1", "3", "5"})
  void theHitRateOfTheCacheIsThatOfLruUnderIndependentReferences(int capacity) {
    TokenCache cache = new TokenCache(TokenCache.Place.DAEMON, capacity, 0, true);
    try (DaemonRig rig = DaemonRig.with(launchPathOnly(DaemonRig.pool(1, 1, 1, cache)), 23)) {
      rig.settle();
      RandomStream chance = rig.rig.system().random().stream("references");
      Walk walk = new Walk(rig, chance);
      walk.run(200);
      double[] rates = new double[BATCHES];
      for (int batch = 0; batch < BATCHES; batch++) {
        long before = rig.counters().hits();
        walk.run(300);
        rates[batch] = (rig.counters().hits() - before) / 300.0;
      }
      double theory = hitRate(capacity, new boolean[POPULARITY.length], 1, 1);
      double mean = DoubleStream.of(rates).average().orElseThrow();
      double error = standardError(rates, mean);
      assertThat(mean)
          .as("hit rate, standard error %.5f, theory %.5f", error, theory)
          .isBetween(theory - STANDARD_ERRORS * error, theory + STANDARD_ERRORS * error);
      assertThat(error).as("the test can tell").isLessThan(0.01);
    }
  }

  /** One request after the other. */
  private record Walk(DaemonRig rig, RandomStream chance) {
    void run(int count) {
      for (int i = 0; i < count; i++) {
        long call = i;
        double drawn = chance.nextDouble();
        int item = 0;
        while (item < POPULARITY.length - 1 && drawn >= POPULARITY[item]) {
          drawn -= POPULARITY[item++];
        }
        TaskRef task = new TaskRef(5_000, 5_000, TaskRef.Kind.CREATOR);
        Bytes bytes = item(item).bytes();
        RequestId request = new RequestId(1_000_000 + call);
        DaemonMessage.Answer answer =
            rig.rig.finish(
                rig.rig.<DaemonMessage.Answer>ask(
                    number ->
                        rig.rig
                            .doors
                            .tokensOf(0)
                            .daemon()
                            .tell(
                                new DaemonMessage.Ask(
                                    task, request, bytes, number, rig.rig.self()))));
        assertThat(answer.result().isZero()).isTrue();
        rig.rig.system().probe().done(request.value());
      }
    }
  }
}
