package dev.ksgx.runtime.virtual;

import akka.actor.ActorCell;
import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.dispatch.Mailbox;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.failure.Failure;
import dev.ksgx.runtime.failure.FailureBoard;
import dev.ksgx.runtime.probe.MeasuringProbe;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.random.RandomStreams;
import dev.ksgx.runtime.record.Recorder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import scala.Function0;
import scala.concurrent.BlockContext;
import scala.concurrent.BlockContext$;
import scala.concurrent.CanAwait;

/**
 * The event loop of one virtual system: what its dispatchers want run, in order, and its timers.
 * Akka's own actors (internal dispatcher) always go first. A step is one run of a mailbox: its
 * system messages and one message. Everything happens on the thread that made the system.
 */
public final class EventLoop implements Clock {
  private static final ThreadLocal<EventLoop> CREATING = new ThreadLocal<>();

  private final Thread owner = Thread.currentThread();
  private final TaskRing internal = new TaskRing();
  private final TaskRing ready = new TaskRing();
  private final SystemWakeUps systemWakeUps = new SystemWakeUps(ready);
  private final TimerHeap timers = new TimerHeap();
  private final FailureBoard failures = new FailureBoard();
  private final Recorder recorder = Recorder.singleThreaded(this::nowNanos);
  private final RandomStreams random;
  private final Probe probe;
  private final ForeignBehaviours foreign;
  private final boolean recording;
  private final boolean endOnFailure;

  private long nowNanos;
  private long steps;
  private long messages;
  private Runnable current;
  private boolean starting;
  private boolean closing;
  private volatile boolean closed;
  private volatile Failure intruder;

  EventLoop(VirtualOptions options, ForeignBehaviours foreign) {
    this.foreign = foreign;
    this.random = new RandomStreams(options.seed());
    this.probe = options.probe() ? new MeasuringProbe(this::nowNanos) : Probe.off();
    this.recording = options.recording();
    this.endOnFailure = options.endOnFailure();
  }

  /** The loop whose system this thread is creating. */
  static EventLoop beingCreated() {
    EventLoop loop = CREATING.get();
    if (loop == null) {
      throw new IllegalStateException(
          "VirtualScheduler is configured, but the system is not made by VirtualSystem.create");
    }
    return loop;
  }

  /** Runs Akka's start-up; what it blocks on is driven by this loop. */
  <S> S create(Supplier<S> creator) {
    CREATING.set(this);
    starting = true;
    try {
      return driving(creator);
    } finally {
      starting = false;
      CREATING.remove();
    }
  }

  /** Timers set during start-up belong to Akka's extensions and do not keep a run alive. */
  boolean isStarting() {
    return starting;
  }

  @Override
  public long nowNanos() {
    return nowNanos;
  }

  public RandomStreams random() {
    return random;
  }

  public Probe probe() {
    return probe;
  }

  public Recorder recorder() {
    return recorder;
  }

  public FailureBoard failures() {
    return failures;
  }

  long steps() {
    return steps;
  }

  long messages() {
    return messages;
  }

  @Override
  public <T> Cancellable tellAt(long whenNanos, ActorRef<? super T> to, T message) {
    return add(new Tell<>(whenNanos, false, to, message));
  }

  @Override
  public <T> Cancellable tellAtDaemon(long whenNanos, ActorRef<? super T> to, T message) {
    return add(new Tell<>(whenNanos, true, to, message));
  }

  private static final class Tell<T> extends VirtualTimer {
    private final ActorRef<? super T> to;
    private final T message;

    Tell(long dueNanos, boolean daemon, ActorRef<? super T> to, T message) {
      super(dueNanos, daemon);
      this.to = to;
      this.message = message;
    }

    @Override
    void fire() {
      to.tell(message);
    }
  }

  VirtualTimer add(VirtualTimer timer) {
    refuseForeignThread();
    if (timer.dueNanos < nowNanos) {
      timer.dueNanos = nowNanos;
    }
    if (recording) {
      timer.causeId = recorder.currentMessage();
      timer.causeActor = recorder.currentActor();
    }
    timers.add(timer);
    return timer;
  }

  VirtualTimer pollTimer() {
    return timers.poll();
  }

  /** Queues what a dispatcher wants run. */
  void execute(Runnable task, boolean internalTask) {
    if (closed) {
      return;
    }
    refuseForeignThread();
    if (internalTask) {
      internal.add(task);
      return;
    }
    ready.add(task);
    if (task instanceof Mailbox mailbox && mailbox.systemQueueGet() != null) {
      systemWakeUps.added();
    }
  }

  private void refuseForeignThread() {
    Thread thread = Thread.currentThread();
    if (thread != owner) {
      IllegalStateException error =
          new IllegalStateException(
              "thread "
                  + thread.getName()
                  + " reached into the virtual system driven by thread "
                  + owner.getName()
                  + ": determinism is lost (a future's callback, an ask, or a thread of your own?)");
      if (intruder == null) {
        intruder = new Failure("thread " + thread.getName(), error, nowNanos);
      }
      throw error;
    }
  }

  /** Runs what is ready and fires what is due until something of this ends it. */
  Outcome run(long untilNanos, BooleanSupplier done, long stepLimit) {
    return driving(() -> loop(untilNanos, done, stepLimit));
  }

  private Outcome loop(long untilNanos, BooleanSupplier done, long stepLimit) {
    while (true) {
      if (failed()) {
        return Outcome.FAILED;
      }
      if (done != null && done.getAsBoolean()) {
        return Outcome.DONE;
      }
      if (steps >= stepLimit) {
        return Outcome.STEPS;
      }
      if (step()) {
        continue;
      }
      VirtualTimer next = timers.peek();
      boolean onlyDaemons = timers.foreground() == 0;
      if (next == null || (onlyDaemons && untilNanos == Long.MAX_VALUE)) {
        return quiescent(untilNanos);
      }
      if (next.dueNanos > untilNanos) {
        return onlyDaemons ? quiescent(untilNanos) : reached(untilNanos, Outcome.TIME);
      }
      fire(timers.poll());
    }
  }

  private Outcome quiescent(long untilNanos) {
    return probe.openWaits() > 0 && !closing
        ? Outcome.DEADLOCK
        : reached(untilNanos, Outcome.QUIESCENT);
  }

  private Outcome reached(long untilNanos, Outcome outcome) {
    if (untilNanos != Long.MAX_VALUE && untilNanos > nowNanos) {
      nowNanos = untilNanos;
    }
    return outcome;
  }

  private boolean failed() {
    if (intruder != null) {
      failures.post(intruder);
    }
    return failures.failure() != null && !closing;
  }

  private boolean step() {
    if (foreign != null) {
      foreign.runCallbacks();
    }
    Runnable task = internal.poll();
    if (task == null) {
      task = ready.poll();
      if (task == null) {
        return false;
      }
    }
    steps++;
    current = task;
    try {
      if (task instanceof Mailbox mailbox) {
        run(mailbox);
      } else {
        task.run();
      }
    } catch (RuntimeException | Error e) {
      fail(nameOf(task), e);
    } finally {
      current = null;
      systemWakeUps.settle();
    }
    return true;
  }

  private void run(Mailbox mailbox) {
    if (mailbox.hasMessages()) {
      messages++;
    }
    mailbox.run();
    if (endOnFailure && mailbox.isSuspended()) {
      Throwable cause = FailureDetector.undeclaredFailure(mailbox);
      if (cause != null) {
        fail(nameOf(mailbox), cause);
      }
    }
  }

  private void fire(VirtualTimer timer) {
    nowNanos = timer.dueNanos;
    if (recording) {
      recorder.resume(timer.causeId, timer.causeActor);
    }
    try {
      timer.fire();
    } catch (RuntimeException | Error e) {
      fail("timer", e);
    }
    if (recording) {
      recorder.resume(0, null);
    }
  }

  private void fail(String what, Throwable cause) {
    failures.post(new Failure(what, cause, nowNanos));
  }

  private <R> R driving(Supplier<R> body) {
    BlockContext blocking =
        new BlockContext() {
          @Override
          public <V> V blockOn(Function0<V> thunk, CanAwait permission) {
            if (current != null && !starting) {
              throw new IllegalStateException("blocking call inside actor " + nameOf(current));
            }
            while (step()) {
              // start-up waits for its own actors
            }
            return thunk.apply();
          }
        };
    Function0<R> function = body::get;
    return BlockContext$.MODULE$.withBlockContext(blocking, function);
  }

  private static String nameOf(Runnable task) {
    if (task instanceof Mailbox mailbox) {
      ActorCell cell = mailbox.actor();
      if (cell != null) {
        return cell.self().path().toStringWithoutAddress();
      }
    }
    return task.getClass().getSimpleName();
  }

  /** From now on failures no longer stop the loop: the system is being shut down. */
  void closing() {
    closing = true;
  }

  /** From now on whatever is still executed is dropped. */
  void closed() {
    closed = true;
  }

  void requireOwner() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "a virtual system is driven by the thread that made it, " + owner.getName());
    }
    if (current != null) {
      throw new IllegalStateException("cannot drive the system from inside " + nameOf(current));
    }
  }
}
