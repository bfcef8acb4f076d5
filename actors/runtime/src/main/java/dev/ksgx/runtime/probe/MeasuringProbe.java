package dev.ksgx.runtime.probe;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** A probe that measures, exact in integer nanoseconds. Its instants are read under its lock. */
public final class MeasuringProbe implements Probe {
  /** The open interval of a request; one object serves the request's whole life. */
  private static final class Timeline {
    long beganNanos;
    long fromNanos;
    IntervalKind kind;
    Resource resource;
    long holder;
    long spentNanos;
  }

  private final LongSupplier nowNanos;
  private final Map<String, Resource> resources = new LinkedHashMap<>();
  private final Map<String, Level> levels = new LinkedHashMap<>();
  private final Map<String, ResourceStatistics> removed = new LinkedHashMap<>();
  private final Map<Long, Timeline> open = new LinkedHashMap<>();
  private final Listeners listeners = new Listeners();

  public MeasuringProbe(LongSupplier nowNanos) {
    this.nowNanos = nowNanos;
  }

  @Override
  public Resource resource(String name, String group, int capacity) {
    synchronized (listeners) {
      Resource resource = new Resource(name, group, capacity, nowNanos, listeners);
      if (resources.putIfAbsent(name, resource) != null) {
        throw new IllegalArgumentException("there is already a resource named " + name);
      }
      removed.computeIfAbsent(group, ResourceStatistics::none);
      return resource;
    }
  }

  @Override
  public void remove(Resource resource) {
    synchronized (listeners) {
      if (!resource.isIdle()) {
        throw new IllegalStateException(resource.name() + " is still held or waited for");
      }
      if (resources.remove(resource.name(), resource)) {
        removed.merge(resource.group(), resource.statistics(), ResourceStatistics::plus);
      }
    }
  }

  @Override
  public Level level(String name) {
    synchronized (listeners) {
      return levels.computeIfAbsent(name, n -> new Level(n, nowNanos, listeners));
    }
  }

  @Override
  public State state(String name) {
    return new State(name, nowNanos, listeners);
  }

  @Override
  public void waiting(long request, Resource resource, long holder) {
    enter(request, IntervalKind.WAITING, resource, holder);
  }

  @Override
  public void serving(long request, Resource resource) {
    enter(request, IntervalKind.SERVING, resource, 0);
  }

  private void enter(long request, IntervalKind kind, Resource resource, long holder) {
    if (request == 0) {
      return;
    }
    synchronized (listeners) {
      long now = nowNanos.getAsLong();
      Timeline timeline = open.get(request);
      if (timeline == null) {
        timeline = new Timeline();
        timeline.beganNanos = now;
        open.put(request, timeline);
      } else {
        report(request, timeline, now);
      }
      timeline.kind = kind;
      timeline.resource = resource;
      timeline.holder = holder;
      timeline.fromNanos = now;
      timeline.spentNanos = 0;
    }
  }

  @Override
  public void spent(long request, String label, long nanos) {
    synchronized (listeners) {
      Timeline timeline = request == 0 ? null : open.get(request);
      if (timeline == null) {
        return;
      }
      timeline.spentNanos += nanos;
      boolean fits = timeline.spentNanos <= nowNanos.getAsLong() - timeline.fromNanos;
      if (timeline.kind != IntervalKind.SERVING || nanos < 0 || !fits) {
        throw new IllegalStateException(
            "request %d spent %d ns on %s, which its open interval does not hold"
                .formatted(request, nanos, label));
      }
      for (ProbeListener listener : listeners) {
        listener.spent(request, timeline.resource, label, nanos);
      }
    }
  }

  @Override
  public void begun(long request, String kind, long number, long plannedNanos) {
    synchronized (listeners) {
      for (ProbeListener listener : listeners) {
        listener.begun(request, kind, number, plannedNanos);
      }
    }
  }

  @Override
  public void named(long task, String name) {
    synchronized (listeners) {
      for (ProbeListener listener : listeners) {
        listener.named(task, name);
      }
    }
  }

  @Override
  public void done(long request) {
    synchronized (listeners) {
      Timeline timeline = open.remove(request);
      if (timeline == null) {
        return;
      }
      long now = nowNanos.getAsLong();
      report(request, timeline, now);
      for (ProbeListener listener : listeners) {
        listener.done(request, timeline.beganNanos, now);
      }
    }
  }

  private void report(long request, Timeline closed, long now) {
    for (ProbeListener listener : listeners) {
      tell(listener, request, closed, now);
    }
  }

  private static void tell(ProbeListener listener, long request, Timeline closed, long now) {
    listener.interval(request, closed.kind, closed.resource, closed.holder, closed.fromNanos, now);
  }

  @Override
  public void openIntervals(ProbeListener listener) {
    synchronized (listeners) {
      long now = nowNanos.getAsLong();
      open.forEach((request, timeline) -> tell(listener, request, timeline, now));
    }
  }

  @Override
  public void mark(long request, String label) {
    synchronized (listeners) {
      for (ProbeListener listener : listeners) {
        listener.mark(request, label, nowNanos.getAsLong());
      }
    }
  }

  @Override
  public void addListener(ProbeListener listener) {
    listeners.add(listener);
  }

  @Override
  public void resetStatistics() {
    synchronized (listeners) {
      resources.values().forEach(Resource::reset);
      levels.values().forEach(Level::reset);
      removed.replaceAll((group, totals) -> ResourceStatistics.none(group));
      for (ProbeListener listener : listeners) {
        listener.reset(nowNanos.getAsLong());
      }
    }
  }

  @Override
  public Collection<Resource> resources() {
    synchronized (listeners) {
      return List.copyOf(resources.values());
    }
  }

  @Override
  public Collection<Level> levels() {
    synchronized (listeners) {
      return List.copyOf(levels.values());
    }
  }

  @Override
  public List<ResourceStatistics> groups() {
    synchronized (listeners) {
      Map<String, ResourceStatistics> totals = new LinkedHashMap<>(removed);
      for (Resource resource : resources.values()) {
        totals.merge(resource.group(), resource.statistics(), ResourceStatistics::plus);
      }
      return List.copyOf(totals.values());
    }
  }

  @Override
  public long openWaits() {
    synchronized (listeners) {
      long waits = 0;
      for (Resource resource : resources.values()) {
        waits += resource.queueLength();
      }
      return waits;
    }
  }

  @Override
  public int openRequests() {
    synchronized (listeners) {
      return open.size();
    }
  }

  @Override
  public String waitReport() {
    synchronized (listeners) {
      StringBuilder report = new StringBuilder();
      for (Resource resource : resources.values()) {
        for (Resource.Occupant waiter : resource.waiters()) {
          report.append("task ").append(waiter.task());
          if (waiter.request() != 0) {
            report.append(" (request ").append(waiter.request()).append(')');
          }
          report.append(" waits for ").append(resource.name());
          report.append(" since ").append(waiter.sinceNanos()).append(" ns, ");
          if (resource.holders().isEmpty()) {
            report.append("which nobody holds");
          } else {
            report.append("held by");
            String separator = " task ";
            for (Resource.Occupant holder : resource.holders()) {
              report.append(separator).append(holder.task());
              separator = ", task ";
            }
          }
          report.append('\n');
        }
      }
      return report.toString();
    }
  }
}
