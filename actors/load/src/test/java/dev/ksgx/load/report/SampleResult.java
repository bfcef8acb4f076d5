package dev.ksgx.load.report;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.statistics.Breakdown;
import dev.ksgx.load.statistics.Launch;
import dev.ksgx.load.statistics.LaunchLedger;
import dev.ksgx.load.statistics.Phase;
import dev.ksgx.load.statistics.Use;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A result made up of one launch that succeeded and one that failed. */
final class SampleResult {
  private static final Paging NO_PAGING =
      new Paging(
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          7,
          1,
          new Paging.Reclaim(0, 0, 0, 0, null, null, 0, 0),
          new Paging.Frames(
              100, List.of(0L, 38L), List.of(0L, 1L), List.of(0L, 1L), List.of(23_936L, 23_896L)),
          new Paging.Shares(2, null, List.of()),
          new Paging.Shares(2, null, List.of()));

  private SampleResult() {}

  static RunResult of(Boolean partial) {
    Scenario scenario =
        Scenarios.load(Scenarios.DEFAULT, List.of("load.warm-up=100 ms"), OptionalLong.of(7));
    LaunchLedger ledger = new LaunchLedger();
    long opened = 100_000_000;
    ledger.openWindow(opened);
    ledger.planned(1, opened);
    ledger.started(1, opened);
    Breakdown breakdown =
        new Breakdown(
            opened,
            opened + 2_000_000,
            Map.of(Phase.CREATE, 100_000L, Phase.ADD, 900_000L, Phase.TOKEN, 1_000_000L),
            1_000_000,
            Map.of("wait:launch-enclave", 1_500_000L, "serve:cores", 500_000L));
    ledger.ended(
        new Launch(1, opened, opened, opened + 2_000_000, Launch.OK),
        breakdown,
        opened + 2_000_000);
    ledger.planned(2, opened + 3_000_000);
    ledger.started(2, opened + 3_000_000);
    ledger.ended(
        new Launch(
            2,
            opened + 3_000_000,
            opened + 3_000_000,
            opened + 4_000_000,
            "-ENOMEM",
            "no frame is free"),
        Breakdown.NONE,
        opened + 4_000_000);
    List<Use> uses =
        List.of(
            new Use("launch-enclave", 1, true, 0.75, 1.5, 9, 2, 3_000_000, 12_345),
            new Use("idle-lock", 1, false, 1, 62, 62, 0, 3_000_000, 0),
            new Use("encl-lock", 2, false, 0.9, 0, 0, 8, 900_000, 0));
    Report.Latency latency =
        new Report.Latency(2000.0, 2000.0, 2000.0, 2000.0, 2000.0, 2000.0, 2000.0);
    Report.Latency none = new Report.Latency(null, null, null, null, null, null, null);
    Report report =
        new Report(
            7,
            "v5",
            0.004,
            0.1,
            1234,
            "ab".repeat(32),
            false,
            new Report.Launches(2, 1, 0, 0, Map.of("-ENOMEM", 1L)),
            500,
            250,
            latency,
            new Report.Phases(latency, latency, latency, none),
            latency,
            List.of(new Report.Binding("launch-enclave", 0.75, 1.5, 9, 12.345)),
            new Report.LaunchEnclave(2, 0.75, 1.5, 9, 1),
            new Report.LePaging(0, 0, 0, 0.0, 0, null),
            new Report.EinitNaps(0, 0.0, 0),
            List.of(new Report.CoreUse(0.5, 3, 4, 5)),
            new Report.Einit(3, 1, 88_000),
            new Report.EpcUse(23_936, 40),
            NO_PAGING,
            List.of(),
            List.of(),
            null,
            partial);
    return new RunResult(
        scenario,
        List.of(SampleEnclaves.tiny().image()),
        report,
        ledger.figures(opened + 4_000_000),
        uses);
  }
}
