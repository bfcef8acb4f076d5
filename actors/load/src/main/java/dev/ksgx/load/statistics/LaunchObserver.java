package dev.ksgx.load.statistics;

import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects the intervals and marks of launches from the probe of a virtual system (one thread). A
 * launch is known by its request.
 */
public final class LaunchObserver implements ProbeListener {
  private static final class Collected {
    final Map<Phase, Long> phases = new EnumMap<>(Phase.class);
    final Map<String, Long> spent = new LinkedHashMap<>();
    long markedNanos;
    boolean initBegun;
    long initNanos;

    /** What is told already of the interval that is open. */
    long splitNanos;

    Breakdown finished = Breakdown.NONE;
  }

  /** The resource that hands out tokens. */
  static final String LAUNCH_ENCLAVE = "launch-enclave";

  /** With a daemon the service is over before the launch has its token. */
  private static final String LEFT_ENCLAVE = "left-launch-enclave";

  private final Map<Long, Collected> launches = new HashMap<>();
  private final Map<String, String> waiting = new HashMap<>();
  private final Map<String, String> serving = new HashMap<>();
  private final Map<String, String> parts = new HashMap<>();
  private final TokenService tokens = new TokenService();

  /** The launch enclave's service, as launches see it. */
  public TokenService tokens() {
    return tokens;
  }

  /** A launch begins. */
  public void begin(long request, long nowNanos) {
    Collected fresh = new Collected();
    fresh.markedNanos = nowNanos;
    launches.put(request, fresh);
  }

  /** What was collected up to the end of the launch, which is forgotten. */
  public Breakdown take(long request) {
    Collected collected = launches.remove(request);
    return collected == null ? Breakdown.NONE : collected.finished;
  }

  @Override
  public void interval(
      long request, IntervalKind kind, Resource resource, long holder, long from, long to) {
    Collected collected = launches.get(request);
    if (collected == null) {
      return;
    }
    boolean waits = kind == IntervalKind.WAITING;
    long untold = to - from - collected.splitNanos;
    collected.splitNanos = 0;
    if (untold > 0) {
      String what =
          waits
              ? waiting.computeIfAbsent(resource.group(), Breakdown.WAIT::concat)
              : serving.computeIfAbsent(resource.group(), Breakdown.SERVE::concat);
      collected.spent.merge(what, untold, Long::sum);
    }
    if (!waits && resource.group().equals(LAUNCH_ENCLAVE)) {
      tokens.granted(request, from);
    }
  }

  @Override
  public void spent(long request, Resource resource, String label, long nanos) {
    Collected collected = launches.get(request);
    if (collected != null) {
      collected.spent.merge(
          parts.computeIfAbsent(label, (resource.group() + ":")::concat), nanos, Long::sum);
      collected.splitNanos += nanos;
    }
  }

  @Override
  public void mark(long request, String label, long atNanos) {
    Collected collected = launches.get(request);
    Phase phase = Phase.of(label);
    if (collected != null && phase != null) {
      long nanos = atNanos - collected.markedNanos;
      collected.phases.merge(phase, nanos, Long::sum);
      collected.initNanos += collected.initBegun ? nanos : 0;
      collected.initBegun |= phase == Phase.ADD;
      collected.markedNanos = atNanos;
    }
    if (phase == Phase.TOKEN || label.equals(LEFT_ENCLAVE)) {
      tokens.over(request, atNanos);
    }
  }

  @Override
  public void done(long request, long fromNanos, long toNanos) {
    Collected collected = launches.get(request);
    if (collected != null) {
      collected.finished =
          new Breakdown(fromNanos, toNanos, collected.phases, collected.initNanos, collected.spent);
    }
  }

  @Override
  public void reset(long atNanos) {
    tokens.open(atNanos);
  }
}
