package dev.ksgx.load.report;

import com.typesafe.config.Config;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.load.statistics.Use;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a summary says of machine and driver, for any load. */
final class MachineText {
  private static final int REASONS = 6;
  private static final List<Cost> LAUNCH_SIDE = List.of(Cost.EINIT, Cost.EINIT_TOKEN, Cost.EGETKEY);

  private final TextPage page;

  MachineText(TextPage page) {
    this.page = page;
  }

  void machine(Config config, String preset, long seed) {
    page.line(
        "  preset %s, %s cores at %s GHz, %s MiB EPC, seed %d",
        preset,
        config.getString("machine.cores"),
        config.getString("machine.ghz"),
        config.getString("machine.epc-mib"),
        seed);
  }

  void costs(CostModel costs) {
    boolean recalled =
        LAUNCH_SIDE.stream().anyMatch(cost -> "MS".indexOf(costs.provenance(cost)) < 0);
    long measured =
        Arrays.stream(Cost.values()).filter(cost -> costs.provenance(cost) == 'M').count();
    page.wrapped(
        "  costs: model "
            + costs.name()
            + (measured == 0 ? "" : ", " + measured + " of its figures measured")
            + (recalled ? "; launch-side leaf costs are recalled, not measured" : ""));
    page.line("");
  }

  void resources(List<Use> uses) {
    page.line(
        "%-18s%9s%12s%12s%12s%14s",
        "resource", "busy %", "mean queue", "max queue", "wait us", "grants");
    for (Use use : uses) {
      page.line(
          "%-18s%9.1f%12.3f%,12d%12s%,14d%s",
          "  " + use.resource(),
          100 * use.utilisation(),
          use.meanQueue(),
          use.maxQueue(),
          use.served() == 0 ? "-" : TextPage.micros(use.waitNanos()),
          use.served(),
          use.shared() ? "" : " *");
    }
    if (uses.stream().anyMatch(use -> !use.shared())) {
      page.line("  * comes and goes with an enclave: busy share of its lifetime");
    }
  }

  /** Where time went, the largest shares first. */
  void spent(String ofWhat, Map<String, Long> spent) {
    long total = spent.values().stream().mapToLong(Long::longValue).sum();
    if (total == 0) {
      return;
    }
    page.wrapped(
        "  "
            + ofWhat
            + ": "
            + spent.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(REASONS)
                .map(
                    entry ->
                        String.format(
                            Locale.ROOT,
                            "%s %.1f%%",
                            entry.getKey().replace(":", " "),
                            100.0 * entry.getValue() / total))
                .collect(Collectors.joining(", ")));
  }

  void counters(
      Report.Einit einit,
      List<Report.CoreUse> cores,
      Report.LaunchEnclave launchEnclave,
      Report.EpcUse epc) {
    page.line(
        "EINIT      attempts %,d   retries %,d   wasted %,d cycles",
        einit.attempts(), einit.retries(), einit.wastedCycles());
    page.line(
        "cores      MSR writes %,d   interrupts %,d",
        cores.stream().mapToLong(Report.CoreUse::msrWrites).sum(),
        cores.stream().mapToLong(Report.CoreUse::interrupts).sum());
    page.line(
        "LE         tokens %,d   cold starts since boot %,d",
        launchEnclave.requests(), launchEnclave.coldStarts());
    page.line("EPC        %,d frames, at most %,d in use", epc.frames(), epc.peakUsed());
  }

  /** Nothing where nothing was evicted and nothing faulted. */
  void paging(Paging paging) {
    if (!paging.happened()) {
      return;
    }
    page.paragraph(
        "paging     evicted %,d (%.1f %% by tasks for themselves), loaded %,d; faults %,d soft,"
            + " %,d hard, %,d in vain; swapper busy %.1f %%",
        paging.evictions(),
        paging.reclaim().directShare() == null ? 0 : 100 * paging.reclaim().directShare(),
        paging.loads(),
        paging.softFaults(),
        paging.hardFaults(),
        paging.refaults(),
        100 * paging.reclaim().swapperDuty());
  }

  void deliveries(long messages, String digest) {
    page.line("messages   %,d", messages);
    if (digest != null) {
      page.line("digest     %s", digest);
    }
    page.line("");
  }
}
