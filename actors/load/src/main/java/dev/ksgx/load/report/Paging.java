package dev.ksgx.load.report;

import java.util.List;

/**
 * What happened where the EPC was not enough, in the measured window; the fields of the JSON, in
 * order.
 *
 * @param evictions pages written out, SECS included
 * @param loads pages brought back, SECS included
 * @param softFaults faults that a page-table entry alone resolved
 * @param hardFaults faults that brought a page back
 * @param refaults faults after which the thread could only try again
 * @param etracks ETRACKs that began a tracking cycle
 * @param ipis interrupts that cores took from others
 * @param aexs asynchronous exits, for whatever reason
 * @param versionArraysPeak most frames that held version arrays at one time
 */
public record Paging(
    long evictions,
    long loads,
    long softFaults,
    long hardFaults,
    long refaults,
    long etracks,
    long ipis,
    long aexs,
    long versionArraysPeak,
    Reclaim reclaim,
    Frames frames,
    Shares processes,
    Shares enclaves) {

  /** Whether there is anything to tell. */
  boolean happened() {
    return evictions + softFaults + hardFaults + refaults > 0;
  }

  /**
   * Reclaim.
   *
   * @param passes passes that freed a frame
   * @param emptyPasses passes that freed none
   * @param directPasses those of both that a task ran for itself
   * @param freed frames that passes freed, SECS and version arrays included
   * @param meanBatch frames freed by a pass that freed any; null without one
   * @param directShare share of the frames that tasks freed for themselves; null if none was freed
   * @param wakeUps times the swapper woke up
   * @param swapperDuty share of the window in which the swapper held a core
   */
  public record Reclaim(
      long passes,
      long emptyPasses,
      long directPasses,
      long freed,
      Double meanBatch,
      Double directShare,
      long wakeUps,
      double swapperDuty) {}

  /**
   * Frames of the EPC over time, from boot, point by point: the four lists are of the same length.
   *
   * @param everyMicros distance of the points
   */
  public record Frames(
      double everyMicros,
      List<Long> pages,
      List<Long> versionArrays,
      List<Long> secs,
      List<Long> free) {}

  /**
   * Who was paged.
   *
   * @param count processes or enclaves that had pages, those that are gone included
   * @param jain index of fairness of their evictions; null if there were none
   * @param most those that paging had most to do with, up to 50, the most evicted first
   */
  public record Shares(long count, Double jain, List<Share> most) {}

  /**
   * One process or enclave.
   *
   * @param pid its process
   * @param enclave number of the enclave; 0 for a process
   * @param share its part of all evictions; null if there were none
   */
  public record Share(
      int pid,
      long enclave,
      long evictions,
      Double share,
      long loads,
      long softFaults,
      long hardFaults,
      long refaults) {}
}
