package dev.ksgx.trace.scenario;

import dev.ksgx.runtime.record.FieldSink;
import dev.ksgx.runtime.record.MessageDescriber;

/** Says which ship a message is about. */
public final class YardDescriber implements MessageDescriber {
  @Override
  public boolean describe(Object message, FieldSink sink) {
    if (message instanceof Yard.Arrive arrive) {
      sink.origin("arrival");
      sink.field("ship", arrive.ship());
    } else if (message instanceof Yard.Load load) {
      ship(sink, load.ship());
    } else if (message instanceof Yard.Loaded loaded) {
      ship(sink, loaded.ship());
    } else if (message instanceof Yard.AskStamp ask) {
      ship(sink, ask.ship());
    } else if (message instanceof Yard.Stamp stamp) {
      ship(sink, stamp.ship());
    } else if (message instanceof Yard.Finish finish) {
      ship(sink, finish.ship());
    } else {
      return false;
    }
    return true;
  }

  private static void ship(FieldSink sink, int ship) {
    sink.request(100L + ship);
    sink.field("ship", ship);
  }
}
