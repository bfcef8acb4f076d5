package dev.ksgx.load.workload.life;

import dev.ksgx.runtime.record.FieldSink;
import dev.ksgx.runtime.record.MessageDescriber;

/** Key fields of the messages of lives, for digests and traces. */
public final class LifeDescriber implements MessageDescriber {
  @Override
  public boolean describe(Object message, FieldSink sink) {
    if (message instanceof LifeMessage.Begun begun) {
      sink.field("group", begun.group());
    } else if (message instanceof LifeMessage.Ended ended) {
      sink.field("group", ended.life().group());
      sink.field("member", ended.life().member());
      sink.field("begunNanos", ended.life().begunNanos());
      sink.field("endedNanos", ended.life().endedNanos());
      sink.field("succeeded", ended.life().succeeded() ? 1 : 0);
    } else if (message instanceof LifeMessage.ProcessOver over) {
      sink.field("process", over.process());
    } else if (message instanceof LifeMessage.GroupDue due) {
      sink.origin("arrival");
      sink.field("group", due.group());
    } else {
      return message instanceof LifeMessage;
    }
    return true;
  }
}
