package dev.ksgx.kernel.check;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps watch over a system in virtual time: looks after every message at all frames of a machine
 * that has at most {@link #SMALL}, at the touched ones of a larger machine, by the same rules. An
 * enclave is looked at once more before it gives back what it has. What a bug of the driver
 * explains is counted under its id, once for each subject; anything else ends the run.
 */
public final class ConservationWatch {
  /** Frames of the largest machine that is looked at in full after every message. */
  public static final int SMALL = 256;

  /**
   * What a known bug broke.
   *
   * @param count different subjects and rules
   * @param first the first
   * @param nanos virtual time at which it was found
   */
  public record Known(int count, Violation first, long nanos) {}

  private record Key(Invariant invariant, String subject) {}

  private final Inspection inspection;
  private final Conservation conservation;
  private final Set<Key> seen = new LinkedHashSet<>();
  private final Map<String, Known> known = new TreeMap<>();

  /** Switches the inspection of a system on. Its kernel has not booted yet. */
  public ConservationWatch(Inspection inspection) {
    this.inspection = inspection;
    this.conservation = new Conservation(inspection);
    inspection.switchOn();
    inspection.onClosing(conservation::closing);
  }

  /**
   * A message has been handled.
   *
   * @param nanos virtual time
   * @throws ViolationException if something does not balance that no bug of the driver explains
   */
  public void afterMessage(long nanos) {
    if (inspection.isReady()) {
      boolean small = inspection.machine().epc().frames() <= SMALL;
      judge(nanos, small ? conservation.full(false) : conservation.touched());
    }
  }

  /**
   * The run is over: everything is looked at.
   *
   * @param atRest nothing is under way
   * @throws ViolationException as {@link #afterMessage}
   */
  public void atEnd(long nanos, boolean atRest) {
    judge(nanos, conservation.full(atRest));
  }

  /**
   * The figures of a run are there, and calls are in progress that have frames which are nobody's
   * yet. From here on these are followed.
   */
  public void beginToFollow() {
    conservation.beginToFollow();
  }

  /**
   * Whether every frame that is followed has an owner by now, or has been in the pool. Looks at
   * everything.
   */
  public boolean follow() {
    return conservation.follow();
  }

  /** Frames that are followed still. */
  public int following() {
    return inspection.followed().size();
  }

  /**
   * Nobody follows any more. Where the pool is empty, calls that wait for a second frame may keep
   * their first for as long as they wait.
   *
   * @return frames of which it is not known whether they are lost or will be somebody's
   * @throws ViolationException as {@link #afterMessage}, if a frame is nobody's still and no call
   *     can be waiting for another
   */
  public int endFollowing(long nanos) {
    List<Violation> lost = conservation.followed();
    if (inspection.pool().free() == 0) {
      return lost.size();
    }
    judge(nanos, lost);
    return 0;
  }

  private void judge(long nanos, List<Violation> found) {
    for (Violation violation : found) {
      if (seen.add(new Key(violation.invariant(), violation.subject()))) {
        Optional<String> bug = violation.invariant().brokenBy(inspection.bugs());
        if (bug.isEmpty()) {
          throw new ViolationException(nanos, violation);
        }
        known.merge(
            bug.get(),
            new Known(1, violation, nanos),
            (before, one) -> new Known(before.count() + 1, before.first(), before.nanos()));
      }
    }
  }

  /** What known bugs broke so far, by id. */
  public Map<String, Known> known() {
    return known;
  }
}
