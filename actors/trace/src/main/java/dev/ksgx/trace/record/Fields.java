package dev.ksgx.trace.record;

import dev.ksgx.runtime.record.FieldSink;
import dev.ksgx.runtime.record.MessageDescriber;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;

/** What the describers say of the present message; one object serves all messages. */
final class Fields implements FieldSink {
  private final Names names;
  private final boolean kept;
  private final List<MessageDescriber> describers = new ArrayList<>();

  /** Whom it serves; 0 if that is not said. */
  long request;

  /** Label of where it comes from; 0 if it has a cause. */
  int origin;

  int count;
  int[] fieldNames = new int[16];
  long[] values = new long[16];

  Fields(Names names, Detail detail) {
    this.names = names;
    this.kept = detail == Detail.FIELDS;
    ServiceLoader.load(MessageDescriber.class).forEach(describers::add);
  }

  /** Asks the describers, until one knows the message. */
  void of(Object message) {
    clear();
    for (MessageDescriber describer : describers) {
      if (describer.describe(message, this)) {
        return;
      }
    }
  }

  void clear() {
    request = 0;
    origin = 0;
    count = 0;
  }

  @Override
  public void request(long id) {
    request = id;
  }

  @Override
  public void origin(String kind) {
    origin = names.label(kind);
  }

  @Override
  public void field(String name, long value) {
    if (!kept) {
      return;
    }
    if (count == values.length) {
      fieldNames = Arrays.copyOf(fieldNames, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    fieldNames[count] = names.field(name);
    values[count++] = value;
  }

  @Override
  public boolean takesDetails() {
    return kept;
  }

  @Override
  public void detail(String name, long value) {
    field(name, value);
  }
}
