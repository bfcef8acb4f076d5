package dev.ksgx.load.statistics;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Books every launch: planned, started, ended; before the measured window and in it.
 *
 * <p>Counts and latencies are those of the launches <em>planned in the window</em>, whose outcomes
 * are looked at when it closes: planned = succeeded + failed + in flight + not started. Rates are
 * those of the window: launches planned in it and launches that ended in it, whenever they were
 * planned.
 */
public final class LaunchLedger {
  /** A launch that has not ended; not started while {@code startedNanos} is -1. */
  private record Open(long plannedNanos, long startedNanos) {}

  /** What a token waits for while pages of the launch enclave are out. */
  private static final String WAIT_FOR_LE_PAGES = Breakdown.WAIT + "le-paging";

  /** The sleep after 20 attempts that an interrupt ended. */
  private static final String NAP = Breakdown.WAIT + "einit-nap";

  private final Map<Long, Open> open = new LinkedHashMap<>();
  private final Population inSystem = new Population();
  private final Distribution latency = new Distribution();
  private final Distribution lateness = new Distribution();
  private final Map<Phase, Distribution> phases = new EnumMap<>(Phase.class);
  private final Distribution init = new Distribution();
  private final Distribution lePaging = new Distribution();
  private final Distribution naps = new Distribution();
  private final Map<String, Long> spent = new TreeMap<>();
  private final Map<String, Long> failed = new TreeMap<>();
  private final Map<String, String> checks = new TreeMap<>();
  private final SlowestLaunches slowest = new SlowestLaunches();
  private final Slices overTime;
  private final Drift drift;
  private long openedNanos = Long.MAX_VALUE;
  private long succeeded;
  private long planned;
  private long endedInWindow;
  private long succeededInWindow;
  private long sojournNanos;
  private String untold = "";

  /** A ledger for a window that is as long as its launches take. */
  public LaunchLedger() {
    this(0);
  }

  /**
   * @param windowNanos length of the measured window; 0 if nobody knows
   */
  public LaunchLedger(long windowNanos) {
    overTime = new Slices(windowNanos);
    drift = new Drift(windowNanos);
    for (Phase phase : Phase.values()) {
      phases.put(phase, new Distribution());
    }
  }

  /** A launch is planned for this instant. */
  public void planned(long number, long nowNanos) {
    change(1, nowNanos);
    open.put(number, new Open(nowNanos, -1));
    if (nowNanos >= openedNanos) {
      planned++;
    }
  }

  /** A thread begins with a planned launch. */
  public void started(long number, long nowNanos) {
    open.computeIfPresent(number, (key, launch) -> new Open(launch.plannedNanos(), nowNanos));
  }

  /**
   * A launch ended at this instant.
   *
   * @param breakdown where its time went; {@link Breakdown#NONE} if nobody observed it
   */
  public void ended(Launch launch, Breakdown breakdown, long nowNanos) {
    if (open.remove(launch.number()) == null) {
      throw new IllegalStateException("launch " + launch.number() + " ended but is not open");
    }
    change(-1, nowNanos);
    checkBreakdown(launch, breakdown);
    if (nowNanos < openedNanos) {
      return;
    }
    endedInWindow++;
    succeededInWindow += launch.succeeded() ? 1 : 0;
    sojournNanos += launch.endedNanos() - Math.max(launch.plannedNanos(), openedNanos);
    if (launch.plannedNanos() < openedNanos) {
      return;
    }
    if (launch.succeeded()) {
      succeeded++;
      latency.record(launch.latencyNanos());
      lateness.record(launch.startedNanos() - launch.plannedNanos());
      breakdown.phases().forEach((phase, nanos) -> phases.get(phase).record(nanos));
      recordInit(breakdown);
      breakdown.spent().forEach((what, nanos) -> spent.merge(what, nanos, Long::sum));
      overTime.record(launch.plannedNanos() - openedNanos, launch.latencyNanos());
      slowest.offer(launch, breakdown);
    } else {
      failed.merge(launch.outcome(), 1L, Long::sum);
      checks.putIfAbsent(launch.outcome(), launch.check());
    }
  }

  private void change(long delta, long nowNanos) {
    drift.settle(inSystem.number(), nowNanos);
    inSystem.change(delta, nowNanos);
  }

  /** Warm-up is over: the window opens. Call once. */
  public void openWindow(long nowNanos) {
    openedNanos = nowNanos;
    inSystem.open(nowNanos);
    drift.open(inSystem.number(), nowNanos);
  }

  /** Launches that have ended in the window so far, whatever their outcome. */
  public long endedInWindow() {
    return endedInWindow;
  }

  /** Looks at the window as it is now; an unopened window counts as empty. */
  public LaunchFigures figures(long nowNanos) {
    if (openedNanos > nowNanos) {
      openWindow(nowNanos);
    }
    drift.settle(inSystem.number(), nowNanos);
    long inFlight = 0;
    long notStarted = 0;
    long stillOpen = 0;
    for (Open launch : open.values()) {
      stillOpen += nowNanos - Math.max(launch.plannedNanos(), openedNanos);
      if (launch.plannedNanos() >= openedNanos) {
        if (launch.startedNanos() < 0) {
          notStarted++;
        } else {
          inFlight++;
        }
      }
    }
    return new LaunchFigures(
        openedNanos,
        nowNanos - openedNanos,
        planned,
        succeeded,
        new TreeMap<>(failed),
        new TreeMap<>(checks),
        inFlight,
        notStarted,
        endedInWindow,
        succeededInWindow,
        inSystem.atOpening(),
        inSystem.number(),
        drift.standardErrors(),
        inSystem.integral(nowNanos),
        sojournNanos + stillOpen,
        latency.copy(),
        lateness.copy(),
        phasesSoFar(),
        init.copy(),
        lePaging.copy(),
        naps.copy(),
        new TreeMap<>(spent),
        Slices.together(List.of(overTime)),
        slowest.list(),
        untold);
  }

  private void recordInit(Breakdown breakdown) {
    if (breakdown.initNanos() > 0) {
      init.record(breakdown.initNanos());
    }
    recordIfSpent(lePaging, breakdown.spent().get(WAIT_FOR_LE_PAGES));
    recordIfSpent(naps, breakdown.spent().get(NAP));
  }

  private static void recordIfSpent(Distribution distribution, Long nanos) {
    if (nanos != null) {
      distribution.record(nanos);
    }
  }

  /** The intervals of a launch must cover it from start to end without gap or overlap. */
  private void checkBreakdown(Launch launch, Breakdown breakdown) {
    boolean whole =
        breakdown.fromNanos() == launch.startedNanos()
            && breakdown.toNanos() == launch.endedNanos()
            && breakdown.spentNanos() == launch.endedNanos() - launch.startedNanos();
    if (breakdown != Breakdown.NONE && !whole && untold.isEmpty()) {
      untold =
          "launch %d took [%d, %d] ns, but its intervals cover [%d, %d] ns and sum to %d ns"
              .formatted(
                  launch.number(),
                  launch.startedNanos(),
                  launch.endedNanos(),
                  breakdown.fromNanos(),
                  breakdown.toNanos(),
                  breakdown.spentNanos());
    }
  }

  private Map<Phase, Distribution> phasesSoFar() {
    Map<Phase, Distribution> copy = new EnumMap<>(phases);
    copy.replaceAll((phase, distribution) -> distribution.copy());
    return copy;
  }
}
