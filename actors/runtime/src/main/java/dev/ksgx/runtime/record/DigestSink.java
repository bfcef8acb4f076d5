package dev.ksgx.runtime.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * SHA-256 over what was delivered, in order: (virtual time, receiver's path without uid, message
 * type, request, key fields). Two runs with equal digests did the same things at the same times.
 *
 * <p>The byte stream, big-endian: per delivery time (8), receiver (4), type (4), request (8), each
 * field's value (8), number of fields (4). Receivers and types are numbers from 1 in order of first
 * appearance; a record that introduces one is preceded by (-1 (8), its number (4), length (4),
 * UTF-8 name). Names of fields are left out: renaming one changes no run. Deliveries to Akka's own
 * actors (/system) are left out: they belong to the class path, not to the model.
 */
public final class DigestSink implements DeliverySink {
  private static final int BUFFER_BYTES = 1 << 14;
  private static final int ROOM_FOR_A_RECORD = 1 << 10;

  private final MessageDigest sha = sha256();
  private final List<MessageDescriber> describers = new ArrayList<>();
  private final Map<Class<?>, Integer> types = new IdentityHashMap<>();
  private final Fields fields = new Fields();
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private int[] receivers = new int[64];
  private int receiverCount;
  private long deliveries;

  /** With the describers that {@link ServiceLoader} finds. */
  public DigestSink() {
    this(ServiceLoader.load(MessageDescriber.class));
  }

  DigestSink(Iterable<MessageDescriber> describers) {
    describers.forEach(this.describers::add);
  }

  private final class Fields implements FieldSink {
    private int requestAt;
    private int count;

    @Override
    public void request(long id) {
      buffer.putLong(requestAt, id);
    }

    @Override
    public void field(String name, long value) {
      if (buffer.remaining() < 2 * Long.BYTES) {
        buffer = ByteBuffer.allocate(2 * buffer.capacity()).put(buffer.flip());
      }
      buffer.putLong(value);
      count++;
    }
  }

  @Override
  public void delivered(
      long id,
      long cause,
      Endpoint sender,
      Endpoint receiver,
      long sentNanos,
      long deliveredNanos,
      Object message) {
    if (receiver.isSystem()) {
      return;
    }
    int to = receiverId(receiver);
    int type = typeId(message.getClass());
    if (buffer.remaining() < ROOM_FOR_A_RECORD) {
      flush();
    }
    buffer.putLong(deliveredNanos).putInt(to).putInt(type);
    fields.requestAt = buffer.position();
    fields.count = 0;
    buffer.putLong(0);
    for (MessageDescriber describer : describers) {
      if (describer.describe(message, fields)) {
        break;
      }
    }
    buffer.putInt(fields.count);
    deliveries++;
  }

  /** Digest of the deliveries so far, 64 hexadecimal digits; recording goes on. */
  public String hex() {
    flush();
    try {
      return HexFormat.of().formatHex(((MessageDigest) sha.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this platform's SHA-256 cannot be read midway", e);
    }
  }

  /** Number of deliveries in the digest. */
  public long deliveries() {
    return deliveries;
  }

  private int receiverId(Endpoint receiver) {
    int number = receiver.number();
    if (number >= receivers.length) {
      receivers = Arrays.copyOf(receivers, Math.max(number + 1, 2 * receivers.length));
    }
    int id = receivers[number];
    if (id == 0) {
      id = ++receiverCount;
      receivers[number] = id;
      introduce(id, receiver.path());
    }
    return id;
  }

  private int typeId(Class<?> type) {
    Integer id = types.get(type);
    if (id == null) {
      id = types.size() + 1;
      types.put(type, id);
      introduce(id, typeName(type));
    }
    return id;
  }

  /** Name with enclosing classes, without package and without what the JVM makes up for lambdas. */
  public static String typeName(Class<?> type) {
    String name = type.getName().substring(type.getPackageName().length());
    if (name.startsWith(".")) {
      name = name.substring(1);
    }
    int lambda = name.indexOf("$$Lambda");
    return lambda < 0 ? name : name.substring(0, lambda) + "$$Lambda";
  }

  private void introduce(int id, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    flush();
    sha.update(ByteBuffer.allocate(16).putLong(-1).putInt(id).putInt(bytes.length).flip());
    sha.update(bytes);
  }

  private void flush() {
    sha.update(buffer.array(), 0, buffer.position());
    buffer.clear();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
