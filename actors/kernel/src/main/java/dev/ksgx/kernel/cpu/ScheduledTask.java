package dev.ksgx.kernel.cpu;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Interrupted;

/** What the scheduler knows of a task. */
final class ScheduledTask {
  final TaskRef ref;

  /** Core that it holds, or -1. */
  int core = -1;

  /** Core that it held last, or -1. */
  int lastCore = -1;

  /** How long it has held cores, its present one not counted. */
  long coreNanos;

  /** It stands in a run queue. */
  boolean queued;

  /** It is over as soon as it is off its core. */
  boolean exiting;

  /** What counts for its turn: see {@link RunTimes}. A task that is new has slept for ever. */
  long runTimeNanos = Long.MIN_VALUE / 2;

  /** A signal is pending. */
  boolean signalled;

  /** Whom to tell of a signal while it sleeps interruptibly, or null. */
  ActorRef<? super Interrupted> sleeper;

  long sleepCall;

  ScheduledTask(TaskRef ref) {
    this.ref = ref;
  }

  /** A signal: pending from now on, and the end of an interruptible sleep. */
  void raise() {
    signalled = true;
    if (sleeper != null) {
      sleeper.tell(new Interrupted(sleepCall));
      sleeper = null;
    }
  }

  /** Sleep until the next burst or a signal. */
  void sleep(long call, ActorRef<? super Interrupted> replyTo) {
    if (signalled) {
      replyTo.tell(new Interrupted(call));
    } else {
      sleepCall = call;
      sleeper = replyTo;
    }
  }
}
