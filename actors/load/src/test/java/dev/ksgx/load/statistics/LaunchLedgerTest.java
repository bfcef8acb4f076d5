package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Figures worked out by hand: the window is [100, 200). */
class LaunchLedgerTest {
  private static final TokenService.Figures NO_TOKENS = new TokenService.Figures(0, 0);

  private final LaunchLedger ledger = new LaunchLedger();

  private LaunchFigures scene() {
    ledger.planned(1, 60); // ends in the window, planned before it
    ledger.started(1, 60);
    ledger.planned(2, 70); // ends before the window
    ledger.started(2, 70);
    ledger.ended(new Launch(2, 70, 70, 90, "OK"), Breakdown.NONE, 90);
    ledger.openWindow(100);
    ledger.planned(3, 110); // late by 20, succeeds
    ledger.ended(new Launch(1, 60, 60, 130, "OK"), Breakdown.NONE, 130);
    ledger.started(3, 130);
    ledger.planned(4, 140); // fails
    ledger.started(4, 140);
    ledger.ended(new Launch(4, 140, 140, 150, "-ENOMEM"), Breakdown.NONE, 150);
    ledger.planned(5, 160); // in flight at the end
    ledger.started(5, 160);
    ledger.planned(6, 170); // never started
    ledger.ended(new Launch(3, 110, 130, 190, "OK"), Breakdown.NONE, 190);
    return ledger.figures(200);
  }

  @Test
  void launchesPlannedInTheWindowAreCountedUnderOneOutcomeEach() {
    LaunchFigures figures = scene();
    assertThat(figures.planned()).isEqualTo(4);
    assertThat(figures.succeeded()).isEqualTo(1);
    assertThat(figures.failed()).isEqualTo(Map.of("-ENOMEM", 1L));
    assertThat(figures.inFlight()).isEqualTo(1);
    assertThat(figures.notStarted()).isEqualTo(1);
  }

  @Test
  void ratesAreThoseOfTheWindow() {
    LaunchFigures figures = scene();
    assertThat(figures.windowNanos()).isEqualTo(100);
    assertThat(figures.offeredPerSecond()).isEqualTo(4 / 100e-9);
    assertThat(figures.achievedPerSecond()).isEqualTo(2 / 100e-9);
    assertThat(figures.ended()).isEqualTo(3);
  }

  @Test
  void latencyCountsFromThePlannedTime() {
    LaunchFigures figures = scene();
    assertThat(figures.latency().count()).isEqualTo(1);
    assertThat(figures.latency().maxNanos()).isEqualTo(80);
    assertThat(figures.lateness().maxNanos()).isEqualTo(20);
  }

  @Test
  void numberInTheSystemIntegratesToTheSumOfTheTimesInTheWindow() {
    LaunchFigures figures = scene();
    // 1: [100,130) 3: [110,190) 4: [140,150) 5: [160,200) 6: [170,200)
    assertThat(figures.inSystemIntegral()).isEqualTo(30 + 80 + 10 + 40 + 30);
    assertThat(figures.sojournNanos()).isEqualTo(30 + 80 + 10 + 40 + 30);
    assertThat(figures.inSystemAtOpening()).isEqualTo(1);
    assertThat(figures.inSystemAtClosing()).isEqualTo(2);
    assertThat(OperationalLaws.violation(figures, List.of(), List.of(), NO_TOKENS)).isEmpty();
  }

  @Test
  void windowThatNeverOpenedIsEmpty() {
    ledger.planned(1, 60);
    LaunchFigures figures = ledger.figures(90);
    assertThat(figures.windowNanos()).isZero();
    assertThat(figures.planned()).isZero();
    assertThat(figures.offeredPerSecond()).isZero();
    assertThat(OperationalLaws.violation(figures, List.of(), List.of(), NO_TOKENS)).isEmpty();
  }

  @Test
  void launchThatIsNotOpenCannotEnd() {
    assertThatThrownBy(() -> ledger.ended(new Launch(9, 0, 0, 1, "OK"), Breakdown.NONE, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("launch 9");
  }

  @Test
  void phasesAndTimeSpentAreThoseOfLaunchesThatSucceeded() {
    ledger.openWindow(0);
    ledger.planned(1, 0);
    ledger.started(1, 0);
    Breakdown breakdown =
        new Breakdown(
            0, 50, Map.of(Phase.TOKEN, 20L), 30, Map.of("wait:le-paging", 10L, "serve:core", 40L));
    ledger.ended(new Launch(1, 0, 0, 50, "OK"), breakdown, 50);
    ledger.planned(2, 60);
    ledger.started(2, 60);
    ledger.ended(
        new Launch(2, 60, 60, 70, "-EBUSY"),
        new Breakdown(60, 70, Map.of(Phase.TOKEN, 5L), 7, Map.of("wait:le-paging", 10L)),
        70);
    LaunchFigures figures = ledger.figures(100);
    assertThat(figures.phases().get(Phase.TOKEN).count()).isEqualTo(1);
    assertThat(figures.phases().get(Phase.TOKEN).sumNanos()).isEqualTo(20);
    assertThat(figures.spent()).isEqualTo(Map.of("wait:le-paging", 10L, "serve:core", 40L));
    assertThat(figures.init().count()).isEqualTo(1);
    assertThat(figures.init().sumNanos()).isEqualTo(30);
    assertThat(figures.lePaging().count()).isEqualTo(1);
    assertThat(figures.lePaging().sumNanos()).isEqualTo(10);
    assertThat(figures.untold()).isEmpty();
  }
}
