package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import org.junit.jupiter.api.Test;

/** A number that drifts, against one that comes and goes. */
class DriftTest {
  private static final long SECOND = 1_000_000_000;

  /** M/M/1 at this utilisation for a second, 5,800 arrivals; how far its customers drift. */
  private static double queue(double utilisation, RandomStream stream, boolean isLengthKnown) {
    double arrival = SECOND / 5_800.0;
    Drift drift = new Drift(isLengthKnown ? SECOND : 0);
    drift.open(0, 0);
    long number = 0;
    double nextArrival = stream.exponential(arrival);
    double nextEnd = Double.POSITIVE_INFINITY;
    while (Math.min(nextArrival, nextEnd) < SECOND) {
      boolean arrives = nextArrival < nextEnd;
      double now = arrives ? nextArrival : nextEnd;
      drift.settle(number, (long) now);
      number += arrives ? 1 : -1;
      if (arrives) {
        nextArrival = now + stream.exponential(arrival);
      }
      if (!arrives || number == 1) {
        nextEnd =
            number == 0
                ? Double.POSITIVE_INFINITY
                : now + stream.exponential(arrival * utilisation);
      }
    }
    drift.settle(number, SECOND);
    return drift.standardErrors();
  }

  private static int alarms(double utilisation, boolean isLengthKnown) {
    RandomStreams streams = new RandomStreams(3);
    int alarms = 0;
    for (int trial = 0; trial < 1000; trial++) {
      alarms += queue(utilisation, streams.stream("t/" + trial), isLengthKnown) >= 3 ? 1 : 0;
    }
    return alarms;
  }

  @Test
  void aQueueThatKeepsUpRaisesNoAlarm() {
    assertThat(alarms(0.5, true)).isZero();
    assertThat(alarms(0.9, true)).isZero();
    assertThat(alarms(0.9, false)).isZero();
    // On the edge it is a walk with a floor: 3 errors of a t with 39 degrees of freedom on either
    // side, 4.7 of 1,000; the bound is 4 standard errors above.
    assertThat(alarms(1, true)).isLessThanOrEqualTo(13);
  }

  @Test
  void aQueueThatFallsBehindIsSeenAsSoonAsItStandsOutFromChance() {
    // 580 more a second, chance is 107
    assertThat(alarms(1.11, true)).isGreaterThan(950);
    assertThat(alarms(1.11, false)).isGreaterThan(950);
  }

  @Test
  void withoutChanceTwoPerCentAreSeen() {
    for (long windowNanos : new long[] {0, SECOND}) {
      Drift drift = new Drift(windowNanos);
      drift.open(3, 5);
      // One more every 50 arrivals of 172 us.
      for (int number = 0; number < 116; number++) {
        drift.settle(3 + number, 5 + 8_620_000L * (number + 1));
      }
      drift.settle(3 + 116, 5 + SECOND);
      assertThat(drift.standardErrors()).isGreaterThan(10);
    }
  }

  @Test
  void aWindowOfAFewSlicesTellsNothing() {
    Drift drift = new Drift(0);
    drift.open(0, 0);
    drift.settle(1, 1_500_000);
    assertThat(drift.standardErrors()).isZero();
  }
}
