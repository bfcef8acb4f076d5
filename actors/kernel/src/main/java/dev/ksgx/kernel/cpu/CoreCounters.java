package dev.ksgx.kernel.cpu;

import dev.ksgx.protocol.message.CoreMessage;

/** What one core counts. */
final class CoreCounters {
  private final int core;
  long einits;
  long einitRetries;
  long wastedNanos;
  long msrWrites;
  long interrupts;
  long conflicts;
  long exits;
  long shootdowns;
  long tracks;

  CoreCounters(int core) {
    this.core = core;
  }

  void reset() {
    einits = 0;
    einitRetries = 0;
    wastedNanos = 0;
    msrWrites = 0;
    interrupts = 0;
    conflicts = 0;
    exits = 0;
    shootdowns = 0;
    tracks = 0;
  }

  CoreMessage.Counters answer(long call, Durations durations) {
    return new CoreMessage.Counters(
        call,
        core,
        einits,
        einitRetries,
        durations.cycles(wastedNanos),
        msrWrites,
        interrupts,
        conflicts,
        exits,
        shootdowns,
        tracks);
  }
}
