package dev.ksgx.trace.record;

import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.Level;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.probe.State;
import dev.ksgx.runtime.record.Cause;
import dev.ksgx.runtime.record.Endpoint;
import dev.ksgx.runtime.record.Recorder;
import dev.ksgx.runtime.record.RunRecorder;
import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import dev.ksgx.trace.log.TraceEvents.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records a run to a file. A message serves the request its describer names; otherwise that of its
 * cause, unless it comes from outside the model (an arrival). Deliveries to Akka's own actors
 * ({@code /system}) are left out.
 *
 * <p>A virtual system takes it as a sink ({@code VirtualOptions.withSink}) and ends it when closed.
 * A live system takes it by {@code Recorder.get(system).addSink}; {@link #close} it after
 * termination. Its actors call from several threads, which take turns.
 */
public final class TraceRecorder implements RunRecorder, AutoCloseable {
  private final LogWriter log;
  private final Names names;
  private final Detail detail;
  private final Scope scope;
  private final Makers makers = new Makers();
  private final Fields fields;
  private Recorder recorder;
  private boolean ended;
  private long lastNanos;

  private TraceRecorder(LogWriter log, TraceOptions options) {
    this.log = log;
    this.names = new Names(log);
    this.detail = options.detail();
    this.scope = new Scope(options);
    this.fields = new Fields(names, detail);
    note("detail=" + detail);
    note("oneIn=" + options.oneIn());
    if (!options.only().equals(Only.ALL)) {
      note("only=" + options.only());
    }
    options.notes().forEach((key, value) -> note(key + "=" + value));
  }

  /**
   * A recorder that writes to that file, replacing it.
   *
   * @throws IOException if the file cannot be made
   */
  public static TraceRecorder to(Path file, TraceOptions options) throws IOException {
    return new TraceRecorder(new LogWriter(file, options.mostBytes()), options);
  }

  private void note(String text) {
    log.name(Dictionary.NOTE, 0, text);
  }

  /** Messages recorded so far. */
  public synchronized long messages() {
    return log.messages();
  }

  /** Messages that the file could not take, because of its greatest size or a full disk. */
  public synchronized long dropped() {
    return log.dropped();
  }

  /** Why the file took no more; null if it did, or has its greatest size. */
  public synchronized IOException failure() {
    return log.failure();
  }

  @Override
  public void begin(Recorder system) {
    recorder = system;
  }

  @Override
  public synchronized void delivered(
      long id,
      long cause,
      Endpoint sender,
      Endpoint receiver,
      long sentNanos,
      long deliveredNanos,
      Object message) {
    if (receiver.isSystem() || ended) {
      return;
    }
    long handledNanos = inOrder(deliveredNanos);
    Object told = Names.unwrapped(message);
    fields.of(told);
    long request = fields.request;
    if (request != 0 || fields.origin != 0) {
      recorder.serve(request);
    } else {
      request = recorder.current().request();
    }
    if (detail == Detail.REQUESTS
        || !scope.keeps(request, handledNanos)
        || !scope.takes(sender, receiver, told.getClass())) {
      return;
    }
    int from = names.actor(sender);
    int to = names.actor(receiver);
    int type = names.type(told.getClass());
    log.message(
        id,
        cause,
        request,
        from,
        to,
        sentNanos,
        handledNanos,
        type,
        fields.origin,
        fields.count,
        fields.fieldNames,
        fields.values);
  }

  /** Threads that handle messages at once are heard one after the other. */
  private long inOrder(long handledNanos) {
    lastNanos = Math.max(lastNanos, handledNanos);
    return lastNanos;
  }

  @Override
  public synchronized void system(
      long id,
      Cause cause,
      Endpoint sender,
      Endpoint receiver,
      long sentNanos,
      long handledNanos,
      String what) {
    if (!receiver.isSystem()) {
      akka(id, cause, sender, receiver.path(), receiver, sentNanos, handledNanos, what);
    }
  }

  @Override
  public synchronized void failed(
      long id, Cause cause, String actor, long atNanos, Throwable failure) {
    String what = "threw " + failure.getClass().getSimpleName();
    akka(id, cause, cause.actor(), actor, cause.actor(), atNanos, atNanos, what);
  }

  private void akka(
      long id,
      Cause cause,
      Endpoint sender,
      String path,
      Endpoint receiver,
      long sentNanos,
      long handledNanos,
      String what) {
    if (ended
        || detail == Detail.REQUESTS
        || !scope.keeps(cause.request(), handledNanos)
        || !scope.takes(sender, path, Names.AKKA + what)) {
      return;
    }
    int from = names.actor(sender);
    int to = receiver == null ? names.actor(path) : names.actor(receiver);
    int type = names.akkaType(what);
    long inOrderNanos = inOrder(handledNanos);
    int origin = cause.id() == 0 ? names.label("boot") : 0;
    fields.clear();
    log.message(
        id,
        cause.id(),
        cause.request(),
        from,
        to,
        sentNanos,
        inOrderNanos,
        type,
        origin,
        0,
        fields.fieldNames,
        fields.values);
  }

  @Override
  public synchronized void interval(
      long request,
      IntervalKind kind,
      Resource resource,
      long holder,
      long fromNanos,
      long toNanos) {
    if (keeps(request)) {
      boolean waited = kind == IntervalKind.WAITING;
      if (waited) {
        scope.waited(resource, toNanos);
      }
      log.interval(request, waited, names.resource(resource), holder, fromNanos, toNanos);
    }
  }

  @Override
  public synchronized void spent(long request, Resource resource, String label, long nanos) {
    if (keeps(request)) {
      log.spent(request, names.label(label), nanos);
    }
  }

  @Override
  public synchronized void begun(long request, String kind, long number, long plannedNanos) {
    scope.begun(request, kind, number, plannedNanos);
    List<Makers.Made> before =
        makers.begun(
            recorder.current().actor(), request, new Scope.Name(kind, number, plannedNanos));
    if (keeps(request)) {
      log.begun(request, names.label(kind), number, plannedNanos);
      before.forEach(made -> inHand(request, plannedNanos, made));
    }
  }

  private boolean keeps(long request) {
    return !ended && scope.keeps(request);
  }

  private void inHand(long request, long plannedNanos, Makers.Made made) {
    Scope.Name name = made.name();
    if (name != null && !scope.keeps(made.request())) {
      log.begun(made.request(), names.label(name.kind()), name.number(), name.plannedNanos());
    }
    long from = Math.max(made.fromNanos(), plannedNanos);
    log.inHand(request, made.request(), from, made.toNanos());
  }

  @Override
  public synchronized void done(long request, long fromNanos, long toNanos) {
    if (keeps(request)) {
      log.done(request, fromNanos, toNanos);
    }
    scope.done(request);
    makers.done(recorder.current().actor(), request, fromNanos, toNanos);
  }

  @Override
  public synchronized void mark(long request, String label, long atNanos) {
    if (keeps(request)) {
      log.mark(request, names.label(label), atNanos);
    }
  }

  @Override
  public synchronized void held(
      Resource resource, long task, long request, long queuedNanos, long fromNanos, long toNanos) {
    if (!ended && scope.keepsHold(resource, request, fromNanos)) {
      nameHolder(request);
      int number = names.resource(resource);
      log.hold(number, task, request, queuedNanos, fromNanos, toNanos, false);
    }
  }

  @Override
  public synchronized void named(long task, String name) {
    if (!ended) {
      note("task." + task + "=" + name);
    }
  }

  private void nameHolder(long request) {
    Scope.Name holder = scope.nameOfHolder(request);
    if (holder != null) {
      log.begun(request, names.label(holder.kind()), holder.number(), holder.plannedNanos());
    }
  }

  @Override
  public synchronized void level(Level level, long value, long atNanos) {
    if (!ended && scope.keeps(0, atNanos)) {
      log.level(names.level(level), value, atNanos);
    }
  }

  @Override
  public synchronized void state(State state, long atNanos) {
    Cause cause = recorder.current();
    if (ended
        || detail == Detail.REQUESTS
        || !scope.keeps(cause.request(), atNanos)
        || !scope.takesStatesOf(cause.actor())) {
      return;
    }
    int actor = names.actor(cause.actor());
    int name = names.label(state.name());
    Value kind = Value.NONE;
    long value = 0;
    if (state.value() != null) {
      kind = Value.LABEL;
      value = names.label(state.value());
    } else if (state.isKnown()) {
      kind = Value.NUMBER;
      value = state.number();
    }
    log.state(actor, name, kind, value, atNanos, cause.id(), cause.request());
  }

  /** From here on requests count: what was planned before warmed the model up. */
  @Override
  public synchronized void reset(long atNanos) {
    if (!ended) {
      note("measuredFromNanos=" + atNanos);
    }
  }

  @Override
  public void end(Probe probe, long nowNanos) {
    // The probe tells under its lock, so it is asked before this one's is taken.
    probe.openIntervals(this);
    Map<Resource, List<Resource.Occupant>> holders = new LinkedHashMap<>();
    Map<Resource, List<Resource.Occupant>> waiters = new LinkedHashMap<>();
    for (Resource resource : probe.resources()) {
      holders.put(resource, resource.holders());
      waiters.put(resource, resource.waiters());
    }
    synchronized (this) {
      holders.forEach(
          (resource, all) -> all.forEach(h -> open(resource, h, h.sinceNanos(), nowNanos)));
      waiters.forEach(
          (resource, all) ->
              all.stream()
                  .filter(waiter -> scope.keeps(waiter.request()))
                  .forEach(waiter -> open(resource, waiter, nowNanos, nowNanos)));
      note("endNanos=" + nowNanos);
      close();
    }
  }

  /** A hold that is not over, or a wait: that has no hold before the end. */
  private void open(Resource resource, Resource.Occupant occupant, long fromNanos, long nowNanos) {
    nameHolder(occupant.request());
    log.hold(
        names.resource(resource),
        occupant.task(),
        occupant.request(),
        occupant.queuedNanos(),
        fromNanos,
        nowNanos,
        true);
  }

  /**
   * Writes what is still in memory.
   *
   * @throws UncheckedIOException if that fails
   */
  @Override
  public synchronized void close() {
    if (ended) {
      return;
    }
    ended = true;
    note("dropped=" + log.dropped());
    note("ended=yes");
    try {
      log.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
