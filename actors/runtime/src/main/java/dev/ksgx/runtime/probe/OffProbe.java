package dev.ksgx.runtime.probe;

import java.util.Collection;
import java.util.List;

enum OffProbe implements Probe {
  INSTANCE;

  @Override
  public Resource resource(String name, String group, int capacity) {
    return Resource.uncounted(name, group, capacity);
  }

  @Override
  public void remove(Resource resource) {}

  @Override
  public Level level(String name) {
    return new Level(name, null, Listeners.NONE);
  }

  @Override
  public State state(String name) {
    return State.OFF;
  }

  @Override
  public void waiting(long request, Resource resource, long holder) {}

  @Override
  public void serving(long request, Resource resource) {}

  @Override
  public void spent(long request, String label, long nanos) {}

  @Override
  public void begun(long request, String kind, long number, long plannedNanos) {}

  @Override
  public void named(long task, String name) {}

  @Override
  public void done(long request) {}

  @Override
  public void mark(long request, String label) {}

  @Override
  public void addListener(ProbeListener listener) {}

  @Override
  public void resetStatistics() {}

  @Override
  public Collection<Resource> resources() {
    return List.of();
  }

  @Override
  public Collection<Level> levels() {
    return List.of();
  }

  @Override
  public List<ResourceStatistics> groups() {
    return List.of();
  }

  @Override
  public long openWaits() {
    return 0;
  }

  @Override
  public void openIntervals(ProbeListener listener) {}

  @Override
  public int openRequests() {
    return 0;
  }

  @Override
  public String waitReport() {
    return "";
  }
}
