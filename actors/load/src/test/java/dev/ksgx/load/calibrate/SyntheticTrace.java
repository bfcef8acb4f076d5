package dev.ksgx.load.calibrate;

import dev.ksgx.kernel.cost.Cost;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Durations of a machine whose costs are known, with noise, and interrupts in some of them. */
final class SyntheticTrace {
  private final StringBuilder lines = new StringBuilder("operation,duration_ns,count,chunks\n");
  private final ToDoubleFunction<Cost> nanos;
  private final Random random = new Random(17);
  private final double noise;
  private final double disturbed;

  /**
   * @param nanos of one of each cost
   * @param noise standard deviation of a duration as a share of it
   * @param disturbed share of the durations that an interrupt makes longer, often little, up to
   *     fifty times
   */
  SyntheticTrace(ToDoubleFunction<Cost> nanos, double noise, double disturbed) {
    this.nanos = nanos;
    this.noise = noise;
    this.disturbed = disturbed;
  }

  SyntheticTrace rows(String name, int samples, int count, int chunks) {
    double[] row = Operation.named(name).orElseThrow().coefficients(count, chunks);
    double expected = 0;
    for (Cost cost : Cost.values()) {
      expected += row[cost.ordinal()] * nanos.applyAsDouble(cost);
    }
    for (int i = 0; i < samples; i++) {
      double duration = expected * (1 + noise * random.nextGaussian());
      if (random.nextDouble() < disturbed) {
        duration *= 1.5 + 48.5 * Math.pow(random.nextDouble(), 3);
      }
      lines.append(
          String.format(
              Locale.ROOT, "%s,%.1f,%d,%d%n", name, Math.max(0.1, duration), count, chunks));
    }
    return this;
  }

  /** Add-pages ioctls of all sizes, each size and measurement only a few times. */
  SyntheticTrace adds(int samples) {
    for (int i = 0; i < samples; i++) {
      int pages = 1 + random.nextInt(64);
      rows("ioctl-add-pages", 1, pages, random.nextBoolean() ? 16 * pages : 0);
    }
    return this;
  }

  String csv() {
    return lines.toString();
  }
}
