package dev.ksgx.runtime.probe;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Who hears a probe, and the lock under which the probe's figures change and they are told: one for
 * all, so that they hear things in the order in which they happened. Nobody contends for it in
 * virtual time.
 */
final class Listeners implements Iterable<ProbeListener> {
  /** Of a probe that is off. */
  static final Listeners NONE = new Listeners();

  private final List<ProbeListener> listeners = new ArrayList<>();

  synchronized void add(ProbeListener listener) {
    listeners.add(listener);
  }

  @Override
  public Iterator<ProbeListener> iterator() {
    return listeners.iterator();
  }
}
