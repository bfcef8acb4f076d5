package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.load.report.LivesResult;
import dev.ksgx.load.report.Paging;
import dev.ksgx.load.report.Report;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the README says of the embedded scenarios, at their own rates. */
class EmbeddedScenariosTest {
  @ParameterizedTest
  @CsvSource({
    "launch-storm, launch-enclave, 50 ms",
    "launch-storm-75, add-worker, 400 ms",
    "closed-loop, launch-enclave, 1000 launches",
    "synchronous-adds, launch-enclave, 50 ms"
  })
  void busiestServerIsTheOneItWasMadeToShow(String name, String busiest, String length) {
    Report report = run(name, length);
    assertThat(report.binds().get(0).resource()).isEqualTo(busiest);
    assertThat(report.binds().get(0).utilisation()).isGreaterThan(0.8);
    assertThat(report.launches().failed()).isEmpty();
  }

  @Test
  void launchEnclaveIdlesUnderARealisticImage() {
    assertThat(run("launch-storm-75", "400 ms").launchEnclave().utilisation()).isLessThan(0.05);
  }

  /**
   * The anchor A1 of costs.md 3: what fits into the EPC is not paged, and each page faults once.
   */
  @Test
  void heapOf80MegabytesFitsAndFaultsOnceAPage() {
    LivesResult result = lives("sdk-heap-80mb");
    Paging paging = result.report().paging();
    assertThat(paging.evictions()).isZero();
    assertThat(paging.softFaults()).isBetween(20_480L, 20_490L);
    assertThat(result.report().groups().get(0).lifeMicros().mean()).isBetween(181_000.0, 222_000.0);
  }

  /**
   * The shape of the two larger starts, with an EPC and heaps that are smaller by the same factor.
   */
  @Test
  void heapThatIsZeroedComesBackAndHeapThatIsNotTouchedDoesNot() {
    Paging sdk =
        lives("sdk-heap-1gb", "machine.epc-mib=4", "load.groups.sdk.unmeasured-pages=11000")
            .report()
            .paging();
    assertThat(sdk.loads()).isBetween(10_000L, 11_500L);
    Paging graphene =
        lives("graphene-256mb", "machine.epc-mib=4", "load.groups.graphene.unmeasured-pages=2800")
            .report()
            .paging();
    assertThat(graphene.loads()).isZero();
    assertThat(graphene.evictions()).isBetween(1_750L, 2_000L);
  }

  @Test
  void sweepOfTheColdEnclavePaysForMostEvictions() {
    LivesResult result =
        lives(
            "hot-and-cold",
            "machine.epc-mib=16",
            "load.length=300 ms",
            "load.groups.cold.unmeasured-pages=10000",
            "load.groups.hot.start=100 ms");
    int cold = result.report().groups().get(0).processes().get(0).pid();
    Paging.Share most = result.report().paging().processes().most().get(0);
    assertThat(most.pid()).isEqualTo(cold);
    assertThat(most.share()).isGreaterThan(0.7);
  }

  @Test
  void overcommittedTenantsAllComeToTheirEnd() {
    LivesResult result =
        lives(
            "overcommit",
            "machine.epc-mib=6",
            "load.groups.tenant.unmeasured-pages=430",
            "load.groups.tenant.touch.count=300");
    assertThat(result.report().groups().get(0).lives().completed()).isEqualTo(12);
    assertThat(result.report().paging().loads()).isPositive();
    assertThat(result.report().paging().processes().count()).isEqualTo(12);
    assertThat(result.report().paging().processes().jain()).isGreaterThan(0.9);
  }

  /** With an EPC and heaps that are smaller by the same factor. */
  @ParameterizedTest
  @CsvSource({"evictable, true", "pinned, false"})
  void stormUnderOvercommitWaitsForPagesOfTheLaunchEnclaveThatMayBeEvicted(
      String lePages, boolean waits) {
    Report report = stormUnderOvercommit(2000, lePages);
    assertThat(report.launches().failed()).isEmpty();
    assertThat(report.launches().succeeded()).isGreaterThan(80);
    assertThat(report.lePaging().evictions() > 0).isEqualTo(waits);
    assertThat(report.lePaging().inits() > 0).isEqualTo(waits);
    assertThat(report.lePaging().waitMicros() > 0).isEqualTo(waits);
    assertThat(report.initMicros().mean())
        .isGreaterThan(report.phasesMicros().token().mean())
        .isLessThan(report.latencyMicros().mean());
    Report.Beside tenant = report.beside().get(0);
    assertThat(tenant.lives().unfinished()).isEqualTo(4);
    assertThat(tenant.hardFaults()).isPositive().isLessThan(tenant.touches());
    assertThat(tenant.loads()).isGreaterThanOrEqualTo(tenant.hardFaults());
  }

  @Test
  void stormUnderOvercommitIsTheSameEachTime() {
    assertThat(stormUnderOvercommit(500, "evictable").digest())
        .isEqualTo(stormUnderOvercommit(500, "evictable").digest());
  }

  private static Report stormUnderOvercommit(int rate, String lePages) {
    Scenario scenario =
        Scenarios.load(
            "storm-under-overcommit",
            List.of(
                "machine.epc-mib=6",
                "load.groups.tenant.unmeasured-pages=1500",
                "load.groups.tenant.measured-pages=36",
                "load.warm-up=150 ms",
                "load.length=50 ms",
                "load.rate=" + rate,
                "kernel.bugs=fixed",
                "kernel.le-pages=" + lePages),
            OptionalLong.of(7));
    return LoadRun.run(scenario, Targets.of(scenario.load().images()), true, RunControl.NONE)
        .report();
  }

  private static LivesResult lives(String name, String... settings) {
    Scenario scenario = Scenarios.load(name, List.of(settings), OptionalLong.of(7));
    return LivesRun.run(scenario, false, RunControl.NONE);
  }

  private static Report run(String name, String length) {
    Scenario scenario = Scenarios.load(name, List.of("load.length=" + length), OptionalLong.of(7));
    return LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE)
        .report();
  }
}
