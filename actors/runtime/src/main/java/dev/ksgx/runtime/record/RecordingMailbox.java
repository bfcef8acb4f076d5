package dev.ksgx.runtime.record;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.dispatch.AbstractNodeQueue;
import akka.dispatch.Envelope;
import akka.dispatch.MailboxType;
import akka.dispatch.MessageQueue;
import akka.dispatch.ProducesMessageQueue;
import akka.dispatch.UnboundedMessageQueueSemantics;
import akka.dispatch.sysmsg.Create;
import akka.dispatch.sysmsg.DeathWatchNotification;
import akka.dispatch.sysmsg.Failed;
import akka.dispatch.sysmsg.Recreate;
import akka.dispatch.sysmsg.SystemMessage;
import akka.dispatch.sysmsg.Terminate;
import com.typesafe.config.Config;
import java.util.concurrent.ConcurrentLinkedQueue;
import scala.Option;

/**
 * An unbounded mailbox that notes at enqueue who sends because of what, and tells the sinks at
 * dequeue. Configured for all typed actors by {@code
 * akka.actor.typed.default-mailbox.mailbox-type}.
 *
 * <p>Out of its sight: messages returned from a stash (they were recorded on first delivery),
 * system messages (start, watch, stop; a virtual system tells of them, and so does a live one whose
 * dispatchers are {@link RecordingDispatchers}), in live mode who set a timer of Akka's own unless
 * the scheduler is a {@link RecordingScheduler}, replies to an {@code ask} (seen when they arrive
 * as an adapted message), actors with a mailbox chosen explicitly, and the sender of what reached a
 * top-level actor before it had started (Akka keeps such messages elsewhere and enqueues them
 * later).
 */
public final class RecordingMailbox
    implements MailboxType, ProducesMessageQueue<RecordingMailbox.Queue> {

  /** Called by Akka. */
  public RecordingMailbox(ActorSystem.Settings settings, Config config) {}

  @Override
  public MessageQueue create(Option<ActorRef> owner, Option<ActorSystem> system) {
    if (owner.isEmpty() || system.isEmpty()) {
      throw new IllegalArgumentException("a recording mailbox needs an owner");
    }
    ActorSystem classic = system.get();
    Recorder recorder =
        classic.scheduler() instanceof RecorderSource source
            ? source.recorder()
            : Recorder.get(Adapter.toTyped(classic));
    return new Queue(recorder, owner.get().path().toStringWithoutAddress());
  }

  private record Recorded(Envelope envelope, Cause cause, long sentNanos) {}

  private record SystemSent(SystemMessage message, Cause cause, long sentNanos) {}

  /** The queue of one actor. */
  public static final class Queue extends AbstractNodeQueue<Recorded>
      implements MessageQueue, UnboundedMessageQueueSemantics {
    private static final long serialVersionUID = 1L;
    private final transient Recorder recorder;
    private final transient Endpoint owner;
    private final transient java.util.Queue<SystemSent> system = new ConcurrentLinkedQueue<>();

    private Queue(Recorder recorder, String path) {
      this.recorder = recorder;
      this.owner = recorder.endpoint(path);
    }

    @Override
    public void enqueue(ActorRef receiver, Envelope envelope) {
      add(new Recorded(envelope, recorder.current(), recorder.nowNanos()));
    }

    @Override
    public Envelope dequeue() {
      Recorded next = poll();
      Cursor cursor = recorder.cursor();
      if (next == null) {
        cursor.handling = Cause.OUTSIDE;
        return null;
      }
      Cause cause = next.cause();
      long id = cursor.begin(owner, cause).id();
      for (DeliverySink sink : recorder.sinks()) {
        sink.delivered(
            id,
            cause.id(),
            cause.actor(),
            owner,
            next.sentNanos(),
            recorder.nowNanos(),
            next.envelope().message());
      }
      return next.envelope();
    }

    /**
     * The present message brings a system message about that makes this actor run code; heard at
     * once or when the actor is scheduled.
     */
    public void systemSent(SystemMessage message) {
      if (!(message instanceof Create
          || message instanceof Recreate
          || message instanceof Terminate
          || message instanceof Failed
          || message instanceof DeathWatchNotification)) {
        return;
      }
      for (SystemSent known : system) {
        if (known.message() == message) {
          return;
        }
      }
      system.add(new SystemSent(message, recorder.current(), recorder.nowNanos()));
    }

    /**
     * Tells the recorders of runs which system messages this actor handles; the first is from now
     * on what it handles, unless it is in the middle of a message.
     */
    public void handleSystem() {
      Cursor cursor = recorder.cursor();
      for (SystemSent sent; (sent = system.poll()) != null; ) {
        Cause cause = sent.cause();
        boolean first = cursor.handling == Cause.OUTSIDE;
        long id = first ? cursor.begin(owner, cause).id() : cursor.nextId();
        for (DeliverySink sink : recorder.sinks()) {
          if (sink instanceof RunRecorder run) {
            run.system(
                id,
                cause,
                cause.actor(),
                owner,
                sent.sentNanos(),
                recorder.nowNanos(),
                sent.message().getClass().getSimpleName());
          }
        }
      }
    }

    /** The thread has run this actor and now acts for nobody. */
    void rest() {
      recorder.resume(Cause.OUTSIDE);
    }

    @Override
    public int numberOfMessages() {
      return count();
    }

    @Override
    public boolean hasMessages() {
      return !isEmpty();
    }

    @Override
    public void cleanUp(ActorRef receiver, MessageQueue deadLetters) {
      for (Recorded left; (left = poll()) != null; ) {
        deadLetters.enqueue(receiver, left.envelope());
      }
    }
  }
}
