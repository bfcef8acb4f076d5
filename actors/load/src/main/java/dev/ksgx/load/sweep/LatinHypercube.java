package dev.ksgx.load.sweep;

import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.List;

/**
 * Latin hypercube sampling (McKay, Beckman and Conover, 1979): for every input the unit interval is
 * cut into as many parts as there are samples and each part is drawn from exactly once, the parts
 * in an order of its own. Each input has a random stream of its own by name, so that one more input
 * leaves the levels of the others as they were.
 */
public final class LatinHypercube {
  private LatinHypercube() {}

  /**
   * The levels, 0 to 1, of each input in each sample.
   *
   * @param seed of the streams
   * @param inputs names, each once
   * @param samples from 1
   * @return by sample, then by input
   */
  public static double[][] levels(long seed, List<String> inputs, int samples) {
    RandomStreams streams = new RandomStreams(seed);
    double[][] levels = new double[samples][inputs.size()];
    for (int input = 0; input < inputs.size(); input++) {
      RandomStream stream = streams.stream("latin-hypercube/" + inputs.get(input));
      int[] parts = permutation(samples, stream);
      for (int sample = 0; sample < samples; sample++) {
        levels[sample][input] = (parts[sample] + stream.nextDouble()) / samples;
      }
    }
    return levels;
  }

  /** Fisher and Yates. */
  private static int[] permutation(int size, RandomStream stream) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int other = stream.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }
}
