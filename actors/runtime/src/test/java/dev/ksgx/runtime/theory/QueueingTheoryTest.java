package dev.ksgx.runtime.theory;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Behavior;
import dev.ksgx.runtime.virtual.Outcome;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Fixed seeds; 40 batches of 25,000 customers, after a batch that is thrown away as warm-up. */
class QueueingTheoryTest {
  private static final int BATCHES = 40;
  private static final int BATCH = 25_000;
  private static final int CUSTOMERS = (BATCHES + 1) * BATCH;
  private static final double STANDARD_ERRORS = 4;

  private static final class Waits implements WaitSink {
    final long[] nanos = new long[CUSTOMERS];
    int count;

    @Override
    public void waited(long wait) {
      nanos[count++] = wait;
    }
  }

  private static Waits run(java.util.function.Function<WaitSink, Behavior<Void>> model) {
    Waits waits = new Waits();
    try (var system =
        VirtualSystem.create(model.apply(waits), "theory", VirtualOptions.seed(20171113))) {
      assertThat(system.runToQuiescence().outcome()).isEqualTo(Outcome.QUIESCENT);
    }
    assertThat(waits.count).isEqualTo(CUSTOMERS);
    return waits;
  }

  /** Erlang C: the probability that a customer waits. */
  private static double waitProbability(int servers) {
    double offered = Queueing.UTILISATION * servers;
    double blocking = 1;
    for (int i = 1; i <= servers; i++) {
      blocking = offered * blocking / (i + offered * blocking);
    }
    return blocking / (1 - Queueing.UTILISATION * (1 - blocking));
  }

  private static void agreesWithTheory(Waits waits, int servers) {
    double drain = servers * (1 - Queueing.UTILISATION) / Queueing.MEAN_SERVICE_NANOS;
    double mean = waitProbability(servers) / drain;
    double p99 = Math.log(waitProbability(servers) / 0.01) / drain;
    double[] means = new double[BATCHES];
    double[] p99s = new double[BATCHES];
    for (int b = 0; b < BATCHES; b++) {
      long[] batch = Arrays.copyOfRange(waits.nanos, (b + 1) * BATCH, (b + 2) * BATCH);
      means[b] = Arrays.stream(batch).average().orElseThrow();
      Arrays.sort(batch);
      p99s[b] = batch[(int) (0.99 * BATCH)];
    }
    within("mean wait", means, mean);
    within("p99 of the wait", p99s, p99);
  }

  private static void within(String what, double[] batches, double theory) {
    double mean = Arrays.stream(batches).average().orElseThrow();
    double variance =
        Arrays.stream(batches).map(x -> (x - mean) * (x - mean)).sum() / (batches.length - 1);
    double standardError = Math.sqrt(variance / batches.length);
    assertThat(mean)
        .as("%s, theory %.0f ns, standard error %.0f ns", what, theory, standardError)
        .isBetween(
            theory - STANDARD_ERRORS * standardError, theory + STANDARD_ERRORS * standardError);
    assertThat(standardError / theory).as("%s: the test can tell", what).isLessThan(0.03);
  }

  @Test
  void oneServerAgreesWithTheory() {
    agreesWithTheory(run(waits -> Queueing.singleServer(CUSTOMERS, waits)), 1);
  }

  @Test
  void fourServersAgreeWithTheory() {
    agreesWithTheory(run(waits -> Queueing.manyServers(4, CUSTOMERS, waits)), 4);
  }
}
