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
import com.typesafe.config.Config;
import scala.Option;

/**
 * An unbounded mailbox that notes at enqueue who sends because of what, and tells the sinks at
 * dequeue. Configured for all typed actors by {@code
 * akka.actor.typed.default-mailbox.mailbox-type}.
 *
 * <p>Out of its sight: system messages (start, watch, stop), messages returned from a stash (they
 * were recorded on first delivery), replies to an {@code ask} (seen when they arrive as an adapted
 * message), actors with a mailbox chosen explicitly, and the sender of what reached a top-level
 * actor before it had started (Akka keeps such messages elsewhere and enqueues them later).
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

  private record Recorded(
      Envelope envelope, long id, long cause, Endpoint sender, long sentNanos) {}

  /** The queue of one actor. */
  public static final class Queue extends AbstractNodeQueue<Recorded>
      implements MessageQueue, UnboundedMessageQueueSemantics {
    private static final long serialVersionUID = 1L;
    private final transient Recorder recorder;
    private final transient Endpoint owner;

    private Queue(Recorder recorder, String path) {
      this.recorder = recorder;
      this.owner = recorder.endpoint(path);
    }

    @Override
    public void enqueue(ActorRef receiver, Envelope envelope) {
      Cursor cursor = recorder.cursor();
      add(
          new Recorded(
              envelope, cursor.nextId(), cursor.messageId, cursor.actor, recorder.nowNanos()));
    }

    @Override
    public Envelope dequeue() {
      Recorded next = poll();
      Cursor cursor = recorder.cursor();
      if (next == null) {
        cursor.actor = null;
        cursor.messageId = 0;
        return null;
      }
      cursor.actor = owner;
      cursor.messageId = next.id();
      for (DeliverySink sink : recorder.sinks()) {
        sink.delivered(
            next.id(),
            next.cause(),
            next.sender(),
            owner,
            next.sentNanos(),
            recorder.nowNanos(),
            next.envelope().message());
      }
      return next.envelope();
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
