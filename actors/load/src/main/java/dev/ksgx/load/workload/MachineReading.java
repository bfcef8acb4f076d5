package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import dev.ksgx.load.statistics.Use;
import dev.ksgx.load.statistics.UseTable;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DaemonMessage;
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
public final class MachineReading {
  private static final long AT_OPENING = 0;
  private static final long AT_CLOSING = 1;

  /** What all who make tokens have counted since boot. */
  private static final class Tokens {
    int from;
    long made;
    long coldStarts;

    void add(long tokens, long starts) {
      from++;
      made += tokens;
      coldStarts += starts;
    }
  }

  private final Doors doors;
  private final ActorRef<ClientMessage> self;
  private final Probe probe;
  private final TreeMap<Integer, CoreMessage.Counters> cores = new TreeMap<>();
  private final Tokens atOpening = new Tokens();
  private final Tokens atClosing = new Tokens();
  private EpcMessage.Counters epc;
  private long windowNanos = -1;
  private List<Use> uses;
  private List<ResourceStatistics> resources;
  private List<Long> coresBusyNanos;
  private long versionArraysPeak;

  /** The window opens now. */
  public MachineReading(ActorContext<ClientMessage> context, Doors doors) {
    this.doors = doors;
    this.self = context.getSelf();
    this.probe = RuntimeExtension.get(context.getSystem()).probe();
    probe.resetStatistics();
    doors.cores().forEach(core -> core.tell(CoreMessage.ResetCounters.NOW));
    doors.epc().tell(EpcMessage.ResetPeak.NOW);
    askTokens(AT_OPENING);
  }

  /**
   * The window closes now; {@link #take} gives the figures once all answers are there.
   *
   * @param length of the window, nanoseconds
   */
  public void close(long length) {
    windowNanos = length;
    uses = UseTable.of(probe, length);
    resources = probe.groups();
    coresBusyNanos = UseTable.coresBusyNanos(probe);
    versionArraysPeak = probe.level("epc-version-arrays").max();
    doors.cores().forEach(core -> core.tell(new CoreMessage.AskCounters(AT_CLOSING, self)));
    doors.epc().tell(new EpcMessage.AskCounters(AT_CLOSING, self));
    askTokens(AT_CLOSING);
  }

  /** Of whoever makes them. */
  private void askTokens(long call) {
    if (doors.tokens().isEmpty()) {
      doors.launchControl().tell(new LaunchControlMessage.AskCounters(call, self));
    }
    doors
        .tokens()
        .forEach(source -> source.daemon().tell(new DaemonMessage.AskCounters(call, self)));
  }

  public boolean isClosed() {
    return windowNanos >= 0;
  }

  /** Takes an answer; the figures if it was the last one. */
  public Optional<MachineFigures> take(Reply reply) {
    if (reply instanceof CoreMessage.Counters counters) {
      cores.put(counters.core(), counters);
    } else if (reply instanceof EpcMessage.Counters counters) {
      epc = counters;
    } else if (reply instanceof DaemonMessage.Counters counters) {
      at(counters.call()).add(counters.tokens(), counters.builds());
    } else if (reply instanceof LaunchControlMessage.Counters counters) {
      at(counters.call()).add(counters.requests(), counters.coldStarts());
    } else {
      throw new IllegalStateException("nobody asked for " + reply);
    }
    boolean complete =
        isClosed()
            && cores.size() == doors.cores().size()
            && epc != null
            && atOpening.from == tokenMakers()
            && atClosing.from == tokenMakers();
    return complete ? Optional.of(figures()) : Optional.empty();
  }

  private Tokens at(long call) {
    return call == AT_OPENING ? atOpening : atClosing;
  }

  private int tokenMakers() {
    return Math.max(1, doors.tokens().size());
  }

  private MachineFigures figures() {
    return new MachineFigures(
        windowNanos,
        uses,
        resources,
        coresBusyNanos,
        List.copyOf(cores.values()),
        epc,
        versionArraysPeak,
        atClosing.made - atOpening.made,
        atClosing.coldStarts);
  }
}
