package dev.ksgx.load.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.study.Designs;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The cells of the table that the argument turns on, and that the table is the same each time. */
class FaultStudyTest {
  private static final int SERIES = 30;
  private static final String EPIPE = "-EPIPE";
  private static final String WAITS = "waits";

  private static FaultTable table(FaultState state, String... designs) {
    try {
      return FaultStudy.run(Designs.of(Arrays.asList(designs)), List.of(state), 1, 2);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FaultRow row(FaultTable table, String design, String bugs) {
    return table.rows().stream()
        .filter(row -> row.design().equals(design))
        .filter(row -> row.bugs().equals(bugs) || row.bugs().equals("either"))
        .findFirst()
        .orElseThrow();
  }

  private static FaultRow row(FaultState state, String design, String bugs) {
    return row(table(state, design), design, bugs);
  }

  private static Map<String, Integer> results(FaultRow row) {
    Map<String, Integer> results = new LinkedHashMap<>();
    row.results().forEach(each -> results.put(each.result(), each.callers()));
    return results;
  }

  /** Launches that failed after each remedy. */
  private static Map<String, Integer> failed(FaultRow row) {
    Map<String, Integer> failed = new LinkedHashMap<>();
    row.remedies().forEach(each -> failed.put(each.remedy(), each.failed()));
    return failed;
  }

  @Test
  void aStaleReplyInThePipesFailsEveryChangeOfImageUntilTheLastClose() {
    FaultRow row = row(FaultState.CALLER_INTERRUPTED, "v5", "as-shipped");
    assertThat(results(row)).containsEntry("-EINTR", 1);
    assertThat(failed(row))
        .as("as StaleReplyTest of the kernel has it; restarting a process that is sound kills it")
        .isEqualTo(Map.of("nothing", 19, "restart", SERIES, "last-close", 0));
    assertThat(row.remedies().get(0).result()).isEqualTo("SGX_INVALID_MEASUREMENT");
    assertThat(row.remedies().get(1).result()).isEqualTo(EPIPE);
    assertThat(row.healedBy()).isEqualTo("last-close");
  }

  @Test
  void aStaleReplyInTheSlotFailsEverybodyUntilTheModuleIsLoadedAnew() {
    FaultRow row = row(FaultState.CALLER_INTERRUPTED, "v6", "as-shipped");
    assertThat(row.newcomer().result()).isEqualTo("SGX_INVALID_EINITTOKEN");
    assertThat(failed(row)).containsEntry("nothing", SERIES).containsEntry("last-close", SERIES);
    assertThat(row.healedBy()).isEqualTo("reload");
  }

  @Test
  void aSignalHarmsNobodyElseWhereRepliesHaveAnAddresseeOrThereAreNone() {
    FaultTable table =
        table(FaultState.CALLER_INTERRUPTED, "v5", "v6", "v11", "aesmd", "direct-always");
    for (String design : List.of("v5", "v6", "v11", "aesmd", "direct-always")) {
      FaultRow row = row(table, design, "fixed");
      assertThat(row.healedBy()).as(design).isEqualTo("nothing");
      assertThat(row.newcomer().result()).as(design).isEqualTo("OK");
      assertThat(results(row).getOrDefault("OK", 0))
          .as(design)
          .isGreaterThanOrEqualTo(row.affected() - 1);
    }
  }

  @Test
  void aCallerKilledInTheQueueLeavesAStaleReplyInPipesAndSlotAlone() {
    FaultTable table = table(FaultState.CALLER_KILLED, "v5", "v6", "v11", "aesmd", "direct-always");
    assertThat(row(table, "v5", "as-shipped").healedBy()).isEqualTo("last-close");
    assertThat(row(table, "v6", "as-shipped").healedBy()).isEqualTo("reload");
    for (String design : List.of("v5", "v6", "v11", "aesmd", "direct-always")) {
      FaultRow fixed = row(table, design, "fixed");
      assertThat(fixed.healedBy()).as(design).isEqualTo("nothing");
      assertThat(fixed.waiting()).as(design).isZero();
      assertThat(results(fixed).getOrDefault("OK", 0))
          .as("all but the one that was killed: " + design)
          .isEqualTo(fixed.affected() - 1);
    }
    assertThat(results(row(table, "v11", "fixed"))).containsEntry("-EINTR", 1);
    assertThat(results(row(table, "aesmd", "fixed"))).containsEntry("token: -EINTR", 1);
  }

  /** Who queues for the kernel's launch enclave does so uninterruptibly, in open() too. */
  @Test
  void whoWaitsForAHungKernelLaunchEnclaveCannotLeaveWhoWaitsForADaemonCanAndIsSentAway() {
    FaultTable table = table(FaultState.HUNG, "v5", "v11", "aesmd", "direct-always");
    for (String design : List.of("v5", "v11")) {
      FaultRow row = row(table, design, "fixed");
      assertThat(row.interrupted()).as(design).isEqualTo(1).isLessThan(row.waiting());
      assertThat(results(row)).as(design).containsKey(WAITS);
      assertThat(row.healedBy()).as(design).isEqualTo("restart");
    }
    assertThat(row(table, "v5", "as-shipped").healedBy()).isEqualTo("last-close");
    FaultRow daemon = row(table, "aesmd", "fixed");
    assertThat(daemon.interrupted()).isEqualTo(daemon.waiting()).isPositive();
    assertThat(results(daemon))
        .containsKeys("token: -ETIMEDOUT", "token: -EBUSY")
        .doesNotContainKey(WAITS);
    assertThat(daemon.healedBy()).isEqualTo("restart");
    assertThat(results(row(table, "direct-always", "fixed"))).containsOnlyKeys("OK");
  }

  /**
   * Of one thread it is as if all hung; of a pool one is missing, and one caller is turned away.
   */
  @Test
  void aHungThreadStopsWhoeverHasOneAndOneCallerOfAPool() {
    FaultTable table = table(FaultState.ONE_HUNG, "v11", "user-le-4", "user-le-4-cache");
    FaultRow single = row(table, "v11", "fixed");
    assertThat(results(single)).containsKey(WAITS);
    assertThat(single.healedBy()).isEqualTo("restart");
    for (String pool : List.of("user-le-4", "user-le-4-cache")) {
      FaultRow row = row(table, pool, "fixed");
      assertThat(results(row)).as(pool).containsEntry("token: -ETIMEDOUT", 1);
      assertThat(results(row).get("OK")).as(pool).isEqualTo(row.affected() - 1);
      assertThat(row.newcomer().result()).as(pool).isEqualTo("OK");
      assertThat(row.healedBy()).as("three go on: " + pool).isEqualTo("nothing");
    }
  }

  @Test
  void aDeadLaunchEnclaveStaysDeadAsShippedADaemonIsStartedByTheNextAndTokensOfProgramsLive() {
    FaultTable table = table(FaultState.DEAD, "v5", "v6", "v11", "aesmd", "aesmd-app-cache");
    FaultRow pipes = row(table, "v5", "as-shipped");
    assertThat(results(pipes)).containsEntry("-ENOMEM", 1).containsKey(EPIPE);
    assertThat(pipes.newcomer().result()).isEqualTo(EPIPE);
    assertThat(pipes.healedBy()).isEqualTo("last-close");
    FaultRow slot = row(table, "v6", "as-shipped");
    assertThat(results(slot)).containsKey(WAITS);
    assertThat(slot.newcomer().result()).isEqualTo(WAITS);
    assertThat(results(row(table, "v11", "fixed"))).containsEntry("-EIO", 1).containsKey("OK");
    FaultRow daemon = row(table, "aesmd", "fixed");
    assertThat(results(daemon)).containsKeys("token: -ECONNRESET", "OK").doesNotContainKey(WAITS);
    assertThat(daemon.healedBy()).isEqualTo("nothing");
    assertThat(results(row(table, "aesmd-app-cache", "fixed"))).containsOnlyKeys("OK");
  }

  @Test
  void onLockedMsrsWhatHasTokensOfTheirKeyLaunchesAndADriverWithoutDoesNotLoad() {
    FaultTable itsOwn = table(FaultState.MSRS_LOCKED_TO_IT, "v5", "aesmd", "direct-always");
    FaultTable others = table(FaultState.MSRS_LOCKED_TO_OTHERS, "v5", "aesmd", "direct-always");
    for (String design : List.of("v5", "aesmd")) {
      assertThat(results(row(itsOwn, design, "fixed"))).containsOnlyKeys("OK");
      assertThat(row(others, design, "fixed").healedBy()).isNull();
    }
    assertThat(results(row(others, "v5", "fixed"))).containsOnlyKeys("open: -ENODEV");
    assertThat(results(row(others, "aesmd", "fixed"))).containsOnlyKeys("token: -EIO");
    assertThat(results(row(itsOwn, "direct-always", "fixed"))).containsOnlyKeys("open: -ENODEV");
  }

  @Test
  void theTableIsTheSameHoweverManyExperimentsRunAtATime() throws InterruptedException {
    List<FaultState> states = List.of(FaultState.HEALTHY, FaultState.WRONG_ANSWER);
    FaultTable one = FaultStudy.run(Designs.of(List.of("v6", "user-le-4-cache")), states, 9, 1);
    FaultTable two = FaultStudy.run(Designs.of(List.of("v6", "user-le-4-cache")), states, 9, 2);
    assertThat(ReportJson.line(two)).isEqualTo(ReportJson.line(one));
    assertThat(FaultText.of(two))
        .isEqualTo(FaultText.of(one))
        .contains("healthy: ", "| user-le-4-cache | either ", "SGX_INVALID_MEASUREMENT");
  }

  @Test
  void aDesignThatSetsMoreThanItsWayToATokenIsRefused() {
    assertThatThrownBy(() -> table(FaultState.HEALTHY, "no-such-design"))
        .isInstanceOf(ScenarioException.class);
  }
}
