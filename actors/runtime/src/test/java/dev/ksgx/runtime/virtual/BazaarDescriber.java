package dev.ksgx.runtime.virtual;

import dev.ksgx.runtime.record.FieldSink;
import dev.ksgx.runtime.record.MessageDescriber;

/** Found through META-INF/services, as a module's own describer would be. */
public final class BazaarDescriber implements MessageDescriber {
  @Override
  public boolean describe(Object message, FieldSink sink) {
    if (message instanceof Bazaar.Weigh weigh) {
      sink.request(weigh.request());
      sink.field("task", weigh.task());
      return true;
    }
    if (message instanceof Bazaar.Weighed weighed) {
      sink.request(weighed.request());
      return true;
    }
    return false;
  }
}
