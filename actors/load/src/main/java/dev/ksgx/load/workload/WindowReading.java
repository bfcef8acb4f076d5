package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.TokenService;
import dev.ksgx.load.statistics.Use;
import dev.ksgx.load.statistics.UseTable;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.KernelMessage.Doors;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.ResourceStatistics;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Zeroes the kernel's counters and the probe when the window opens, reads them when it closes. The
 * probe is read at once; the counters answer at the same instant of virtual time.
 */
final class WindowReading {
  private static final long AT_OPENING = 0;
  private static final long AT_CLOSING = 1;

  private final Doors doors;
  private final ActorRef<ClientMessage> self;
  private final Probe probe;
  private final TokenService tokens;
  private final TreeMap<Integer, CoreMessage.Counters> cores = new TreeMap<>();
  private LaunchControlMessage.Counters tokensAtOpening;
  private LaunchControlMessage.Counters tokensAtClosing;
  private EpcMessage.Counters epc;
  private LaunchFigures launches;
  private boolean partial;
  private List<Use> uses;
  private List<ResourceStatistics> resources;
  private List<Long> coresBusyNanos;
  private TokenService.Figures tokenService;

  /** The window opens now. */
  WindowReading(ActorContext<ClientMessage> context, Doors doors, TokenService tokens) {
    this.doors = doors;
    this.tokens = tokens;
    this.self = context.getSelf();
    this.probe = RuntimeExtension.get(context.getSystem()).probe();
    probe.resetStatistics();
    doors.cores().forEach(core -> core.tell(CoreMessage.ResetCounters.NOW));
    doors.epc().tell(EpcMessage.ResetPeak.NOW);
    doors.launchControl().tell(new LaunchControlMessage.AskCounters(AT_OPENING, self));
  }

  /** The window closes now; {@link #take} gives the figures once all answers are there. */
  void close(boolean beforeItsTime, LaunchFigures figures) {
    partial = beforeItsTime;
    launches = figures;
    uses = UseTable.of(probe, figures.windowNanos());
    resources = probe.groups();
    coresBusyNanos = UseTable.coresBusyNanos(probe);
    tokenService = tokens.figures(figures.openedNanos() + figures.windowNanos());
    doors.cores().forEach(core -> core.tell(new CoreMessage.AskCounters(AT_CLOSING, self)));
    doors.epc().tell(new EpcMessage.AskCounters(AT_CLOSING, self));
    doors.launchControl().tell(new LaunchControlMessage.AskCounters(AT_CLOSING, self));
  }

  boolean isClosed() {
    return launches != null;
  }

  /** Takes an answer; the figures if it was the last one. */
  Optional<WindowFigures> take(Reply reply) {
    if (reply instanceof CoreMessage.Counters counters) {
      cores.put(counters.core(), counters);
    } else if (reply instanceof EpcMessage.Counters counters) {
      epc = counters;
    } else if (reply instanceof LaunchControlMessage.Counters counters) {
      if (counters.call() == AT_OPENING) {
        tokensAtOpening = counters;
      } else {
        tokensAtClosing = counters;
      }
    } else {
      throw new IllegalStateException("nobody asked for " + reply);
    }
    boolean complete =
        isClosed()
            && cores.size() == doors.cores().size()
            && epc != null
            && tokensAtOpening != null
            && tokensAtClosing != null;
    return complete ? Optional.of(figures()) : Optional.empty();
  }

  private WindowFigures figures() {
    return new WindowFigures(
        partial,
        launches,
        uses,
        resources,
        coresBusyNanos,
        tokenService,
        List.copyOf(cores.values()),
        epc,
        tokensAtClosing.requests() - tokensAtOpening.requests(),
        tokensAtClosing.coldStarts());
  }
}
