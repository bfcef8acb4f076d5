package dev.ksgx.load.workload;

import dev.ksgx.runtime.record.FieldSink;
import dev.ksgx.runtime.record.MessageDescriber;

/** Key fields of the load's own messages, for digests and traces. */
public final class LoadDescriber implements MessageDescriber {
  @Override
  public boolean describe(Object message, FieldSink sink) {
    if (message instanceof LoadMessage.DoLaunch order) {
      sink.field("launch", order.number());
      sink.field("plannedNanos", order.plannedNanos());
    } else if (message instanceof LoadMessage.Started started) {
      sink.field("launch", started.number());
      sink.field("startedNanos", started.startedNanos());
    } else if (message instanceof LoadMessage.Ended ended) {
      sink.field("launch", ended.launch().number());
      sink.field("plannedNanos", ended.launch().plannedNanos());
      sink.field("startedNanos", ended.launch().startedNanos());
      sink.field("endedNanos", ended.launch().endedNanos());
      sink.field("succeeded", ended.launch().succeeded() ? 1 : 0);
    } else if (message instanceof LoadMessage.Expired expired) {
      sink.field("address", expired.address());
      sink.field("bytes", expired.bytes());
    } else if (message instanceof LoadMessage.DeviceOpen opened) {
      sink.field("result", opened.result().value());
    } else if (message instanceof LoadMessage.Due due) {
      sink.origin("arrival");
      sink.field("creator", due.creator());
    } else if (message instanceof LoadMessage.GuestReading reading) {
      sink.field("einits", reading.einits());
      sink.field("coreNanos", reading.coreNanos());
    } else if (message instanceof LoadMessage.CloseWindow order) {
      sink.field("partial", order.partial() ? 1 : 0);
    } else if (message instanceof LoadMessage.GuestDue) {
      sink.origin("arrival");
    } else {
      return message instanceof LoadMessage;
    }
    return true;
  }
}
