package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.scenario.LoadPlan.Arrivals;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaturationTest {
  @Test
  void openLoopIsSaturatedWhenLaunchesPileUpByMoreThanFivePerCent() {
    assertThat(open(1000, 949)).isTrue();
    assertThat(open(1000, 950)).isFalse();
  }

  @Test
  void fewLaunchesInFlightAtTheEndOfAShortRunAreNoPile() {
    assertThat(open(20, 11)).isFalse();
    assertThat(open(20, 10)).isTrue();
  }

  @Test
  void openLoopThreePerCentAboveCapacityIsSaturated() {
    List<Use> never = List.of(use(0.99, true));
    assertThat(Saturation.saturated(Arrivals.POISSON, figures(1000, 970), never)).isTrue();
    List<Use> rests = List.of(use(0.98, true), use(1, false));
    assertThat(Saturation.saturated(Arrivals.POISSON, figures(1000, 970), rests)).isFalse();
  }

  /** Nothing is busy: the threads of the load are what cannot keep up. */
  @Test
  void steadyGrowthOfTwoPerCentIsSaturatedAndGrowthThatComesAndGoesIsNot() {
    assertThat(Saturation.saturated(Arrivals.DETERMINISTIC, piling(1000, 50), List.of())).isTrue();
    assertThat(Saturation.saturated(Arrivals.DETERMINISTIC, piling(400, 50), List.of())).isFalse();
    assertThat(Saturation.saturated(Arrivals.CLOSED, piling(1000, 50), List.of())).isFalse();
  }

  /** A window in which one launch of {@code every} does not end. */
  private static LaunchFigures piling(int planned, int every) {
    LaunchLedger ledger = new LaunchLedger(planned * 1000L);
    ledger.openWindow(0);
    for (int number = 0; number < planned; number++) {
      long now = number * 1000L;
      ledger.planned(number, now);
      ledger.started(number, now);
      if (number % every != 0) {
        Launch launch = new Launch(number, now, now, now + 500, Launch.OK);
        ledger.ended(launch, Breakdown.NONE, now + 500);
      }
    }
    return ledger.figures(planned * 1000L);
  }

  @Test
  void busyResourceWhoseQueueDoesNotGrowDoesNotSaturateAnOpenLoop() {
    List<Use> busy = List.of(use(1, true));
    assertThat(Saturation.saturated(Arrivals.POISSON, figures(1000, 991), busy)).isFalse();
  }

  @Test
  void closedLoopIsSaturatedWhenASharedResourceIsBusyNearlyAlways() {
    LaunchFigures figures = figures(1000, 1000);
    assertThat(Saturation.saturated(Arrivals.CLOSED, figures, List.of(use(0.95, true)))).isTrue();
    assertThat(Saturation.saturated(Arrivals.CLOSED, figures, List.of(use(0.94, true)))).isFalse();
    assertThat(Saturation.saturated(Arrivals.CLOSED, figures, List.of(use(0.99, false)))).isFalse();
  }

  private static boolean open(int planned, int ended) {
    return Saturation.saturated(Arrivals.POISSON, figures(planned, ended), List.of());
  }

  /** A window of which {@code planned} launches were planned, {@code ended} of them ended. */
  static LaunchFigures figures(int planned, int ended) {
    LaunchLedger ledger = new LaunchLedger();
    ledger.openWindow(0);
    for (int number = 0; number < planned; number++) {
      ledger.planned(number, number);
      ledger.started(number, number);
      if (number < ended) {
        long end = number + 1;
        ledger.ended(new Launch(number, number, number, end, Launch.OK), Breakdown.NONE, end);
      }
    }
    return ledger.figures(planned);
  }

  private static Use use(double utilisation, boolean shared) {
    return new Use("some-lock", 1, shared, utilisation, 2, 5, 10, 100, 7);
  }
}
