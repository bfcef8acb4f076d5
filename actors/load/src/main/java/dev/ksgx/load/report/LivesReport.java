package dev.ksgx.load.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * The machine-readable result of a run of lives; its components are the fields of the JSON, in
 * order. Everything is of the whole run, from boot to its end. Null stands for "nothing was
 * measured".
 *
 * @param seed seed of the random streams
 * @param preset driver generation
 * @param virtualSeconds length of the run, modelled time
 * @param wallSeconds time the run took
 * @param messages messages delivered to actors
 * @param digest SHA-256 over the deliveries, hex; null with --no-digest
 * @param groups one a group, in the order of their names
 * @param binds resources, the most used shared one first
 * @param partial true if the run was stopped before its end; absent otherwise
 */
public record LivesReport(
    long seed,
    String preset,
    double virtualSeconds,
    double wallSeconds,
    long messages,
    String digest,
    List<Group> groups,
    List<Report.Binding> binds,
    Report.LaunchEnclave launchEnclave,
    List<Report.CoreUse> cores,
    Report.Einit einit,
    Report.EpcUse epc,
    Paging paging,
    @JsonInclude(JsonInclude.Include.NON_NULL) Boolean partial) {

  /**
   * One group.
   *
   * @param lifeMicros begin to end, of the lives that were completed
   * @param partsMicros the parts of those lives, which sum to it
   * @param touches pages touched by its threads, zeroing not counted
   * @param fairness Jain's index of the processes' lives per second of living; null without one
   * @param processes one a process, by number
   * @param timeShares where the time of the group's threads went: {@code wait:GROUP} in the queue
   *     of a group of resources, {@code serve:GROUP} in its service; shares of the sum
   */
  public record Group(
      String name,
      Lives lives,
      Span lifeMicros,
      Parts partsMicros,
      long touches,
      Double fairness,
      List<OfProcess> processes,
      Map<String, Double> timeShares) {}

  /**
   * Lives by what had become of them at the end of the run: {@code planned} is the sum of all
   * others.
   *
   * @param failed by the name of the code: {@code -ENOMEM}, {@code SIGBUS}
   */
  public record Lives(
      long planned, long completed, long unfinished, long notBegun, Map<String, Long> failed) {}

  /** A distribution in microseconds; all null if nothing was measured. */
  public record Span(Double mean, Double min, Double p50, Double p95, Double max) {}

  /** The parts of a life. */
  public record Parts(Span create, Span init, Span start, Span run, Span hold, Span destroy) {}

  /**
   * One process.
   *
   * @param pid as in the section on paging
   * @param lifeMicros mean length of a completed life; null without one
   */
  public record OfProcess(int pid, long completed, Double lifeMicros) {}
}
