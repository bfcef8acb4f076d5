package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Student's t against values computed by hand and against what an interval promises. */
class IntervalsTest {
  @Test
  void intervalOfFiveReplicationsIsTheOneOfTheTable() {
    // mean 3, standard deviation sqrt(2.5), t(0.975, 4) = 2.776445
    Estimate estimate = Intervals.of(List.of(1.0, 2.0, 3.0, 4.0, 5.0));
    assertThat(estimate.mean()).isEqualTo(3);
    assertThat(estimate.halfWidth()).isCloseTo(1.963243, within(1e-5));
  }

  @Test
  void intervalOfTwoReplicationsIsWide() {
    // mean 11, standard deviation sqrt(2), t(0.975, 1) = 12.7062
    Estimate estimate = Intervals.of(List.of(10.0, 12.0));
    assertThat(estimate.mean()).isEqualTo(11);
    assertThat(estimate.halfWidth()).isCloseTo(12.7062, within(1e-3));
  }

  @Test
  void oneReplicationHasNoInterval() {
    assertThat(Intervals.of(List.of(7.5))).isEqualTo(new Estimate(7.5, null));
  }

  @Test
  void differencesArePairedByReplication() {
    List<Double> differences =
        Intervals.differences(List.of(101.0, 205.0, 303.0), List.of(100.0, 200.0, 300.0, 400.0));
    assertThat(differences).containsExactly(1.0, 5.0, 3.0);
    Estimate paired = Intervals.of(differences);
    assertThat(paired.mean()).isEqualTo(3);
    // standard deviation 2, t(0.975, 2) = 4.302653
    assertThat(paired.halfWidth()).isCloseTo(4.968275, within(1e-5));
  }

  @Test
  void probabilityOfChanceIsThatOfTheTable() {
    // mean 3, error sqrt(2.5 / 5), so t = 4.242641 with 4 degrees of freedom
    assertThat(Intervals.probabilityOfChance(List.of(1.0, 2.0, 3.0, 4.0, 5.0)))
        .isCloseTo(0.013236, within(1e-5));
    assertThat(Intervals.probabilityOfChance(List.of(0.0, 0.0))).isEqualTo(1);
    assertThat(Intervals.probabilityOfChance(List.of(2.0))).isEqualTo(1);
  }

  /** Counts are often the same; two that are prove nothing. */
  @Test
  void valuesThatAreAllTheSameAreJudgedByTheirSigns() {
    assertThat(Intervals.probabilityOfChance(List.of(2.0, 2.0))).isEqualTo(0.5);
    assertThat(Intervals.probabilityOfChance(List.of(-3.0, -3.0, -3.0, -3.0, -3.0, -3.0)))
        .isEqualTo(1.0 / 32);
  }

  /** A median that differs by 300 steps in all replications differs, however it was rounded. */
  @Test
  void figuresReadOffAScaleVaryAsTheirReadingsDo() {
    List<Double> same = List.of(-36.9, -36.9, -36.9, -36.9, -36.9);
    assertThat(Intervals.probabilityOfChance(same)).isEqualTo(1.0 / 16);
    assertThat(Intervals.probabilityOfChance(same, 0.128)).isLessThan(1e-9);
    // error 0.128 / sqrt(12), so t = 3.4641 with one degree of freedom
    assertThat(Intervals.probabilityOfChance(List.of(0.128, 0.128), 0.128))
        .isCloseTo(0.178912, within(1e-5));
    List<Double> wide = List.of(1.0, 2.0, 3.0, 4.0, 5.0);
    assertThat(Intervals.probabilityOfChance(wide, 0.5))
        .isEqualTo(Intervals.probabilityOfChance(wide));
  }

  /** Each replication is the mean of 200 exponential times, as a mean latency is. */
  @Test
  void intervalsCoverTheTrueMeanInNinetyFiveOfAHundredTrials() {
    RandomStreams streams = new RandomStreams(20171114);
    int covered = 0;
    int trials = 1000;
    for (int trial = 0; trial < trials; trial++) {
      RandomStream stream = streams.stream("trial/" + trial);
      List<Double> means = new ArrayList<>();
      for (int replication = 0; replication < 5; replication++) {
        double sum = 0;
        for (int i = 0; i < 200; i++) {
          sum += stream.exponential(40);
        }
        means.add(sum / 200);
      }
      Estimate estimate = Intervals.of(means);
      if (Math.abs(estimate.mean() - 40) <= estimate.halfWidth()) {
        covered++;
      }
    }
    // 950 expected, standard deviation 6.9
    assertThat(covered).isBetween(922, 978);
  }

  @Test
  void holmHoldsTheLeastProbabilityAgainstTheStrictestBound() {
    // 0.05 / 4 = 0.0125, 0.05 / 3 = 0.0167, 0.05 / 2 = 0.025, 0.05
    assertThat(Holm.significant(List.of(0.04, 0.001, 0.026, 0.015)))
        .containsExactly(false, true, false, true);
    assertThat(Holm.significant(List.of(0.013, 0.013, 0.013, 0.013))).containsOnly(false);
    assertThat(Holm.significant(List.of(0.049))).containsExactly(true);
    assertThat(Holm.significant(List.of())).isEmpty();
  }

  @Test
  void holmRarelyCallsChanceSignificant() {
    RandomStreams streams = new RandomStreams(5);
    int wrong = 0;
    for (int trial = 0; trial < 1000; trial++) {
      RandomStream stream = streams.stream("trial/" + trial);
      List<Double> probabilities = new ArrayList<>();
      for (int design = 0; design < 10; design++) {
        List<Double> values = new ArrayList<>();
        for (int replication = 0; replication < 5; replication++) {
          double twelve = -6;
          for (int i = 0; i < 12; i++) {
            twelve += stream.nextDouble();
          }
          values.add(twelve);
        }
        probabilities.add(Intervals.probabilityOfChance(values));
      }
      wrong += Holm.significant(probabilities).contains(true) ? 1 : 0;
    }
    // at most 50 expected; without the rule it would be about 400
    assertThat(wrong).isBetween(20, 78);
  }
}
