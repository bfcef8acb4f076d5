package dev.ksgx.runtime.virtual;

import akka.actor.ActorCell;
import akka.dispatch.Mailbox;
import akka.dispatch.sysmsg.SystemMessage;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.failure.Failure;
import dev.ksgx.runtime.failure.FailureBoard;
import dev.ksgx.runtime.probe.MeasuringProbe;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.random.RandomStreams;
import dev.ksgx.runtime.record.Cause;
import dev.ksgx.runtime.record.Recorder;
import dev.ksgx.runtime.record.RecordingMailbox;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import scala.Function0;
import scala.concurrent.BlockContext;
import scala.concurrent.BlockContext$;
import scala.concurrent.CanAwait;

/**
 * The event loop of one virtual system: what its dispatchers want run, in order, and its clock.
 * Akka's own actors (internal dispatcher) always go first. A step is one run of a mailbox, which is
 * its system messages and one message, or of a task. Everything happens on the thread that made the
 * system.
 */
public final class EventLoop {
  private static final ThreadLocal<EventLoop> CREATING = new ThreadLocal<>();

  private final OwnerThread owner = new OwnerThread();
  private final TaskRing internal = new TaskRing();
  private final TaskRing ready = new TaskRing();
  private final SystemWakeUps systemWakeUps = new SystemWakeUps(ready);
  private final FailureBoard failures = new FailureBoard();
  private final Recorder recorder;
  private final VirtualClock clock;
  private final RandomStreams random;
  private final Probe probe;
  private final ForeignBehaviours foreign;
  private final boolean recording;
  private final boolean tracing;
  private final boolean endOnFailure;

  private long steps;
  private long messages;
  private Object current;
  private boolean starting;
  private boolean failed;
  private boolean closing;
  private volatile boolean closed;

  EventLoop(VirtualOptions options, ForeignBehaviours foreign) {
    this.foreign = foreign;
    this.recording = options.recording();
    this.tracing = options.tracing();
    this.endOnFailure = options.endOnFailure();
    this.recorder = Recorder.singleThreaded(this::nowNanos);
    this.clock = new VirtualClock(owner, recording ? recorder : null);
    this.random = new RandomStreams(options.seed());
    this.probe = options.probe() ? new MeasuringProbe(clock::nowNanos) : Probe.off();
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

  public Clock clock() {
    return clock;
  }

  VirtualClock virtualClock() {
    return clock;
  }

  long nowNanos() {
    return clock.nowNanos();
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

  /** Queues what a dispatcher wants run. */
  void execute(Runnable task, boolean internalTask) {
    if (!owner.isCurrent()) {
      if (!closed) {
        owner.intruded(nowNanos());
        owner.keep(task);
      }
    } else if (internalTask) {
      internal.add(task);
    } else if (task instanceof Mailbox mailbox) {
      ready.add(mailbox);
      if (mailbox.systemQueueGet() != null) {
        systemWakeUps.added();
        if (tracing) {
          systemSent(mailbox, mailbox.systemQueueGet());
        }
      }
    } else {
      ready.add(recording ? caused(task) : task);
    }
  }

  /** The message handled now brings that system message about. */
  void systemSent(Mailbox receiver, SystemMessage message) {
    if (owner.isCurrent() && receiver.messageQueue() instanceof RecordingMailbox.Queue queue) {
      queue.systemSent(message);
    }
  }

  /**
   * A future's callback or a scheduled task acts on behalf of the message that brought it about.
   */
  private Runnable caused(Runnable task) {
    Cause cause = recorder.current();
    return () -> {
      recorder.resume(cause);
      task.run();
    };
  }

  /** Runs what is ready and fires what is due until something of this ends it. */
  Outcome run(long untilNanos, BooleanSupplier done, long stepLimit) {
    return driving(() -> loop(untilNanos, done, stepLimit));
  }

  private Outcome loop(long untilNanos, BooleanSupplier done, long stepLimit) {
    while (true) {
      if (hasFailed()) {
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
      VirtualTimer next = clock.peek();
      if (next == null || (untilNanos == Long.MAX_VALUE && clock.onlyDaemons())) {
        return quiescent(untilNanos);
      }
      if (next.dueNanos > untilNanos) {
        return clock.onlyDaemons() ? quiescent(untilNanos) : reached(untilNanos, Outcome.TIME);
      }
      try {
        clock.fireNext();
      } catch (RuntimeException | Error e) {
        fail("timer", e);
      }
    }
  }

  private Outcome quiescent(long untilNanos) {
    return probe.openWaits() > 0 && !closing
        ? Outcome.DEADLOCK
        : reached(untilNanos, Outcome.QUIESCENT);
  }

  private Outcome reached(long untilNanos, Outcome outcome) {
    if (untilNanos != Long.MAX_VALUE) {
      clock.forwardTo(untilNanos);
    }
    return outcome;
  }

  private boolean hasFailed() {
    Failure intrusion = owner.intrusion();
    if (intrusion != null) {
      failures.post(intrusion);
      failed = true;
    }
    return failed && !closing;
  }

  private boolean step() {
    if (foreign != null) {
      foreign.runCallbacks();
    }
    Object task = next();
    if (task == null) {
      return false;
    }
    steps++;
    current = task;
    try {
      if (task instanceof Mailbox mailbox) {
        run(mailbox);
      } else {
        ((Runnable) task).run();
      }
    } catch (RuntimeException | Error e) {
      fail(nameOf(task), e);
    } finally {
      current = null;
      systemWakeUps.settle();
      if (recording) {
        recorder.resume(Cause.OUTSIDE);
      }
    }
    return true;
  }

  private Object next() {
    Object task = internal.poll();
    if (task == null) {
      task = ready.poll();
    }
    return task == null && closing ? owner.pollKept() : task;
  }

  private void run(Mailbox mailbox) {
    if (mailbox.hasMessages()) {
      messages++;
    }
    if (tracing && mailbox.messageQueue() instanceof RecordingMailbox.Queue queue) {
      queue.handleSystem();
      mailbox.run();
      queue.handleSystem();
    } else {
      mailbox.run();
    }
    if (endOnFailure && mailbox.isSuspended()) {
      Throwable cause = FailureDetector.undeclaredFailure(mailbox);
      if (cause != null) {
        fail(nameOf(mailbox), cause);
      }
    }
  }

  private void fail(String what, Throwable cause) {
    if (tracing && !failed) {
      recorder.failed(what, cause);
    }
    failures.post(new Failure(what, cause, nowNanos()));
    failed = true;
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

  private static String nameOf(Object task) {
    if (task instanceof Mailbox mailbox) {
      ActorCell cell = mailbox.actor();
      if (cell != null) {
        return cell.self().path().toStringWithoutAddress();
      }
    }
    return task.getClass().getSimpleName();
  }

  /** The run is over; what follows is the shutdown. */
  void endRecording() {
    recorder.end(probe);
  }

  /** From now on failures no longer stop the loop: the system is being shut down. */
  void closing() {
    closing = true;
  }

  /** From now on what other threads want is dropped. */
  void closed() {
    closed = true;
  }

  void requireOwner() {
    if (!owner.isCurrent()) {
      throw new IllegalStateException(
          "a virtual system is driven by the thread that made it, " + owner.name());
    }
    if (current != null) {
      throw new IllegalStateException("cannot drive the system from inside " + nameOf(current));
    }
  }
}
