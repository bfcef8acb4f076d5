package dev.ksgx.trace.record;

import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.record.DigestSink;
import dev.ksgx.runtime.record.Endpoint;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Whether something is within what {@link TraceOptions} ask for. Requests that have a name are
 * decided when they get it, before their first interval, and kept whole or not at all.
 */
final class Scope {
  /** What the user calls a request, and when it was planned. */
  record Name(String kind, long number, long plannedNanos) {}

  private static final byte YES = 1;
  private static final byte NO = 2;

  private final Only only;
  private final int oneIn;
  private final boolean anyInstant;
  private final boolean allRequests;
  private final boolean everything;
  private final Set<Long> kept = new HashSet<>();

  /** Most requests that are over and not forgotten: a hold may end after its request. */
  private static final int MOST_OVER = 4096;

  /** Named, not kept, and not over yet or not long ago. */
  private final Map<Long, Name> leftOut = new HashMap<>();

  private final ArrayDeque<Long> over = new ArrayDeque<>();

  /** When the last wait of a kept request ended. */
  private final Map<Resource, Long> waitedUntil = new WeakHashMap<>();

  private final Map<Class<?>, Boolean> types = new IdentityHashMap<>();
  private byte[] actors = new byte[64];

  Scope(TraceOptions options) {
    only = options.only();
    oneIn = options.oneIn();
    anyInstant = only.fromNanos() == 0 && only.toNanos() == Long.MAX_VALUE;
    allRequests = anyInstant && !only.onlyNamed() && only.requests().isEmpty() && oneIn == 1;
    everything = allRequests && only.actors().isEmpty() && only.types().isEmpty();
  }

  /** A request gets its name. */
  void begun(long request, String kind, long number, long plannedNanos) {
    if (allRequests) {
      return;
    }
    boolean wanted =
        only.names(kind, number)
            && only.hasRequest(request)
            && only.hasInstant(plannedNanos)
            && isSampled(request);
    if (wanted) {
      kept.add(request);
    } else {
      leftOut.put(request, new Name(kind, number, plannedNanos));
    }
  }

  /** A request is over; it may still be served for a while. */
  void done(long request) {
    if (!allRequests && leftOut.containsKey(request)) {
      over.add(request);
      if (over.size() > MOST_OVER) {
        leftOut.remove(over.remove());
      }
    }
  }

  /** Whether the timeline of that request is kept; never in part. */
  boolean keeps(long request) {
    return allRequests || kept.contains(request) || anyInstant && keepsUnnamed(request);
  }

  /** Whether what happens at that instant on behalf of that request, 0 for nobody's, is kept. */
  boolean keeps(long request, long nanos) {
    return allRequests || kept.contains(request) || only.hasInstant(nanos) && keepsUnnamed(request);
  }

  private boolean keepsUnnamed(long request) {
    return !only.onlyNamed()
        && only.hasRequest(request)
        && isSampled(request)
        && !leftOut.containsKey(request);
  }

  /** The same for every run. */
  private boolean isSampled(long request) {
    if (oneIn == 1 || request == 0) {
      return true;
    }
    long mixed = (request ^ (request >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return Long.remainderUnsigned(mixed ^ (mixed >>> 31), oneIn) == 0;
  }

  /** A request that is kept has waited for the resource. */
  void waited(Resource resource, long untilNanos) {
    if (!allRequests) {
      waitedUntil.put(resource, untilNanos);
    }
  }

  /** Whether a hold that ends now is kept: its own request is, or one that it kept waiting. */
  boolean keepsHold(Resource resource, long request, long fromNanos) {
    if (keeps(request, fromNanos)) {
      return true;
    }
    Long until = waitedUntil.get(resource);
    if (until != null && until > fromNanos) {
      return true;
    }
    for (Resource.Occupant waiter : resource.waiters()) {
      if (waiter.request() != 0 && keeps(waiter.request())) {
        return true;
      }
    }
    return false;
  }

  /**
   * The name of a request that is not kept, but held what another waited for; null if it has none
   * or was asked for before.
   */
  Name nameOfHolder(long request) {
    Name name = leftOut.get(request);
    return name == null ? null : leftOut.put(request, null);
  }

  /** Whether a message of that type between these is one of those asked for. */
  boolean takes(Endpoint sender, Endpoint receiver, Class<?> type) {
    return everything || (takesActors(sender, receiver) && takesType(type));
  }

  /** The same of an event of Akka's own. */
  boolean takes(Endpoint sender, String receiver, String type) {
    return everything
        || (only.actors().isEmpty() || sender != null && takes(sender) || hasActor(receiver))
            && hasType(type);
  }

  /** Whether a state of that actor is. */
  boolean takesStatesOf(Endpoint actor) {
    return only.actors().isEmpty() || actor != null && takes(actor);
  }

  private boolean takesActors(Endpoint sender, Endpoint receiver) {
    return only.actors().isEmpty() || takes(receiver) || sender != null && takes(sender);
  }

  private boolean takes(Endpoint actor) {
    int number = actor.number();
    if (number >= actors.length) {
      actors = Arrays.copyOf(actors, Math.max(number + 1, 2 * actors.length));
    }
    if (actors[number] == 0) {
      actors[number] = hasActor(actor.path()) ? YES : NO;
    }
    return actors[number] == YES;
  }

  private boolean hasActor(String path) {
    return only.actors().stream().anyMatch(path::contains);
  }

  private boolean takesType(Class<?> type) {
    return only.types().isEmpty()
        || types.computeIfAbsent(type, known -> hasType(DigestSink.typeName(known)));
  }

  private boolean hasType(String type) {
    return only.types().isEmpty() || only.types().stream().anyMatch(type::contains);
  }
}
