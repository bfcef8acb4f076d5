package dev.ksgx.load.statistics;

import java.util.EnumMap;
import java.util.Map;

/**
 * One life of an enclave that is over.
 *
 * @param group number of its group
 * @param member number of its process in the group, from 0
 * @param begunNanos when mmap was called
 * @param endedNanos when the last part was over
 * @param parts length of each part that it had, up to a failure
 * @param outcome {@link Launch#OK} or the name of the code it failed with
 * @param check the check that failed, one line; empty on success
 */
public record Life(
    int group,
    int member,
    long begunNanos,
    long endedNanos,
    Map<LifePart, Long> parts,
    String outcome,
    String check) {

  public Life {
    EnumMap<LifePart, Long> copy = new EnumMap<>(LifePart.class);
    copy.putAll(parts);
    parts = copy;
  }

  public boolean succeeded() {
    return Launch.OK.equals(outcome);
  }

  public long totalNanos() {
    return endedNanos - begunNanos;
  }
}
