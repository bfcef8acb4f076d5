package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperationalLawsTest {
  private final LaunchLedger ledger = new LaunchLedger();

  @BeforeEach
  void open() {
    ledger.openWindow(0);
    ledger.planned(1, 0);
    ledger.started(1, 0);
  }

  @Test
  void launchThatReportsAnotherEndThanItHadViolatesLittlesLaw() {
    ledger.ended(new Launch(1, 0, 0, 40, "OK"), Breakdown.NONE, 50);
    assertThat(violation()).contains("Little's law").contains("50").contains("40");
  }

  @Test
  void launchThatReportsAnotherPlanThanItHadViolatesLittlesLaw() {
    ledger.ended(new Launch(1, 10, 10, 50, "OK"), Breakdown.NONE, 50);
    assertThat(violation()).contains("Little's law");
  }

  @Test
  void intervalsWithAGapAreReported() {
    Breakdown gap = new Breakdown(0, 50, Map.of(), Map.of("serve:cores", 49L));
    ledger.ended(new Launch(1, 0, 0, 50, "OK"), gap, 50);
    assertThat(violation()).contains("time of a launch").contains("launch 1").contains("49");
  }

  @Test
  void intervalsThatBeginLateAreReported() {
    Breakdown late = new Breakdown(5, 50, Map.of(), Map.of("serve:cores", 45L));
    ledger.ended(new Launch(1, 0, 0, 50, "OK"), late, 50);
    assertThat(violation()).contains("time of a launch");
  }

  @Test
  void flowThatDoesNotBalanceIsReported() {
    ledger.ended(new Launch(1, 0, 0, 50, "OK"), Breakdown.NONE, 50);
    LaunchFigures good = ledger.figures(100);
    LaunchFigures bad =
        new LaunchFigures(
            good.openedNanos(),
            good.windowNanos(),
            good.planned(),
            good.succeeded(),
            good.failed(),
            good.inFlight(),
            good.notStarted(),
            good.ended() + 1,
            good.succeededInWindow(),
            good.inSystemAtOpening(),
            good.inSystemAtClosing(),
            good.inSystemIntegral(),
            good.sojournNanos(),
            good.latency(),
            good.lateness(),
            good.phases(),
            good.spent(),
            good.untold());
    assertThat(OperationalLaws.violation(good, List.of())).isEmpty();
    assertThat(OperationalLaws.violation(bad, List.of()).orElse("")).contains("flow");
  }

  private String violation() {
    return OperationalLaws.violation(ledger.figures(100), List.of()).orElse("none");
  }
}
