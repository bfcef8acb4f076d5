package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.runtime.probe.ResourceStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    Breakdown gap = new Breakdown(0, 50, Map.of(), 0, Map.of("serve:cores", 49L));
    ledger.ended(new Launch(1, 0, 0, 50, "OK"), gap, 50);
    assertThat(violation()).contains("time of a launch").contains("launch 1").contains("49");
  }

  @Test
  void intervalsThatBeginLateAreReported() {
    Breakdown late = new Breakdown(5, 50, Map.of(), 0, Map.of("serve:cores", 45L));
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
            good.checks(),
            good.inFlight(),
            good.notStarted(),
            good.ended() + 1,
            good.succeededInWindow(),
            good.inSystemAtOpening(),
            good.inSystemAtClosing(),
            good.inSystemDrift(),
            good.inSystemIntegral(),
            good.sojournNanos(),
            good.latency(),
            good.lateness(),
            good.phases(),
            good.init(),
            good.lePaging(),
            good.naps(),
            good.spent(),
            good.overTime(),
            good.slowest(),
            good.untold());
    assertThat(check(good)).isEmpty();
    assertThat(check(bad).orElse("")).contains("flow");
  }

  @Test
  void launchEnclaveIsBusyForTheServicesItGives() {
    assertThat(utilisation(List.of(launchEnclave(2, 60)), List.of(), 2, 60)).isEqualTo("none");
  }

  @Test
  void launchEnclaveBusyWithoutServiceViolatesTheUtilisationLaw() {
    assertThat(utilisation(List.of(launchEnclave(2, 61)), List.of(), 2, 60))
        .contains("utilisation law")
        .contains("61")
        .contains("60");
  }

  @Test
  void launchEnclaveThatServesOthersTooIsBusyForMoreThanTheLaunches() {
    assertThat(utilisation(List.of(launchEnclave(3, 61)), List.of(), 2, 60)).isEqualTo("none");
  }

  @Test
  void launchEnclaveThatServesOthersTooIsNotBusyForLessThanTheLaunches() {
    assertThat(utilisation(List.of(launchEnclave(3, 59)), List.of(), 2, 60))
        .contains("utilisation law");
  }

  @Test
  void moreTokensThanGrantsViolateTheUtilisationLaw() {
    assertThat(utilisation(List.of(launchEnclave(2, 60)), List.of(), 3, 60))
        .contains("utilisation law");
  }

  @Test
  void coresTogetherAreBusyAsLongAsOneByOne() {
    Use pool = new Use("cores", 1, true, 0.5, 0, 0, 9, 100, 0);
    assertThat(utilisation(List.of(pool), List.of(70L, 31L), 0, 0)).contains("utilisation law");
  }

  @Test
  void nothingIsBusyMoreThanAlways() {
    Use lock = new Use("mmap-lock", 1, true, 1.01, 0, 0, 9, 101, 0);
    assertThat(utilisation(List.of(lock), List.of(), 0, 0)).contains("mmap-lock");
  }

  private String violation() {
    return check(ledger.figures(100)).orElse("none");
  }

  @Test
  void aQueueWhoseWaitsDoNotSumToItsIntegralIsAViolation() {
    assertThat(OperationalLaws.violationOf(List.of(account(10, 10, 7, 7)))).isEmpty();
    assertThat(OperationalLaws.violationOf(List.of(account(10, 10, 7, 6))).orElseThrow())
        .isEqualTo(
            "Little's law: the queue of lock integrates to 7 task-ns, but its waits sum to 6");
    assertThat(OperationalLaws.violationOf(List.of(account(10, 11, 7, 7))).orElseThrow())
        .isEqualTo("utilisation law: lock was held for 10 task-ns, but its holds sum to 11");
  }

  private static ResourceStatistics account(long hold, long held, long queue, long waited) {
    return new ResourceStatistics(
        "lock", 1, 100, hold, hold, queue, held, waited, 100, 1, 2, 1, waited, 0);
  }

  private static Optional<String> check(LaunchFigures figures) {
    return OperationalLaws.violation(figures, List.of(), List.of(), new TokenService.Figures(0, 0));
  }

  private String utilisation(List<Use> uses, List<Long> cores, long grants, long nanos) {
    ledger.ended(new Launch(1, 0, 0, 50, "OK"), Breakdown.NONE, 50);
    return OperationalLaws.violation(
            ledger.figures(100), uses, cores, new TokenService.Figures(grants, nanos))
        .orElse("none");
  }

  private static Use launchEnclave(long served, long busyNanos) {
    return new Use("launch-enclave", 1, true, busyNanos / 100.0, 0, 0, served, busyNanos, 0);
  }
}
