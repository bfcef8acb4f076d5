package dev.ksgx.load.statistics;

import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects the intervals and marks of the request a task is in, from the probe of a virtual system
 * (one thread). Timelines are keyed by the task's tid: a task does one thing at a time.
 */
public final class LaunchObserver implements ProbeListener {
  private static final class Collected {
    final Map<Phase, Long> phases = new EnumMap<>(Phase.class);
    final Map<String, Long> spent = new LinkedHashMap<>();
    long markedNanos;
    Breakdown finished = Breakdown.NONE;
  }

  private final Map<Long, Collected> tasks = new HashMap<>();

  /** The task begins a launch: what was collected for it before is dropped. */
  public void begin(long task, long nowNanos) {
    Collected fresh = new Collected();
    fresh.markedNanos = nowNanos;
    tasks.put(task, fresh);
  }

  /** What was collected up to the end of the task's launch; the task is forgotten. */
  public Breakdown take(long task) {
    Collected collected = tasks.remove(task);
    return collected == null ? Breakdown.NONE : collected.finished;
  }

  @Override
  public void interval(
      long request, IntervalKind kind, Resource resource, long holder, long from, long to) {
    Collected collected = tasks.get(request);
    if (collected != null && to > from) {
      String prefix = kind == IntervalKind.WAITING ? Breakdown.WAIT : Breakdown.SERVE;
      collected.spent.merge(prefix + resource.group(), to - from, Long::sum);
    }
  }

  @Override
  public void mark(long request, String label, long atNanos) {
    Collected collected = tasks.get(request);
    Phase phase = Phase.of(label);
    if (collected != null && phase != null) {
      collected.phases.merge(phase, atNanos - collected.markedNanos, Long::sum);
      collected.markedNanos = atNanos;
    }
  }

  @Override
  public void done(long request, long fromNanos, long toNanos) {
    Collected collected = tasks.get(request);
    if (collected != null) {
      collected.finished =
          new Breakdown(fromNanos, toNanos, collected.phases, collected.spent);
    }
  }
}
