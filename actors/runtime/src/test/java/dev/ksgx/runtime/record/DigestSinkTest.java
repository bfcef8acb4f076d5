package dev.ksgx.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("both-jdks")
class DigestSinkTest {
  record Launch(long request, long enclave) {}

  record Plain() {}

  private static final MessageDescriber LAUNCHES =
      (message, sink) -> {
        if (message instanceof Launch launch) {
          sink.field("enclave", launch.enclave());
          sink.request(launch.request());
          return true;
        }
        return false;
      };

  private static DigestSink sink() {
    return new DigestSink(List.of(LAUNCHES));
  }

  private static void deliver(DigestSink sink, Endpoint to, long at, Object message) {
    sink.delivered(1, 0, null, to, at, at, message);
  }

  private static void introduce(DataOutputStream out, int id, String name) throws Exception {
    out.writeLong(-1);
    out.writeInt(id);
    byte[] bytes = name.getBytes("UTF-8");
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  @Test
  void theDigestIsSha256OfTheDocumentedBytes() throws Exception {
    DigestSink sink = sink();
    Endpoint device = new Endpoint(500, "/user/device");
    deliver(sink, new Endpoint(3, "/system/receptionist"), 5, new Plain());
    deliver(sink, device, 7, new Launch(17, 4));
    deliver(sink, device, 9, new Plain());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    introduce(out, 1, "/user/device");
    introduce(out, 1, "DigestSinkTest$Launch");
    out.writeLong(7);
    out.writeInt(1);
    out.writeInt(1);
    out.writeLong(17);
    out.writeLong(4);
    out.writeInt(1);
    introduce(out, 2, "DigestSinkTest$Plain");
    out.writeLong(9);
    out.writeInt(1);
    out.writeInt(2);
    out.writeLong(0);
    out.writeInt(0);
    byte[] expected = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
    assertThat(sink.hex()).isEqualTo(HexFormat.of().formatHex(expected));
    assertThat(sink.deliveries()).isEqualTo(2);
  }

  private static String digestOf(Endpoint to, long at, Object message) {
    DigestSink sink = sink();
    deliver(sink, to, at, message);
    return sink.hex();
  }

  @Test
  void everyPartOfADeliveryCounts() {
    Endpoint a = new Endpoint(0, "/user/a");
    String base = digestOf(a, 5, new Launch(1, 2));
    assertThat(digestOf(new Endpoint(9, "/user/a"), 5, new Launch(1, 2))).isEqualTo(base);
    assertThat(digestOf(a, 6, new Launch(1, 2))).isNotEqualTo(base);
    assertThat(digestOf(new Endpoint(0, "/user/b"), 5, new Launch(1, 2))).isNotEqualTo(base);
    assertThat(digestOf(a, 5, new Launch(2, 2))).isNotEqualTo(base);
    assertThat(digestOf(a, 5, new Launch(1, 3))).isNotEqualTo(base);
    assertThat(digestOf(a, 5, new Plain())).isNotEqualTo(base);
  }

  @Test
  void readingMidwayDoesNotDisturbTheDigestAndLongRunsCrossTheBuffer() {
    DigestSink once = sink();
    DigestSink often = sink();
    Endpoint to = new Endpoint(0, "/user/a");
    for (int i = 0; i < 5_000; i++) {
      deliver(once, to, i, new Launch(i, i));
      deliver(often, to, i, new Launch(i, i));
      often.hex();
    }
    assertThat(often.hex()).isEqualTo(once.hex());
  }

  @Test
  void aMessageWithManyFieldsGrowsTheBuffer() {
    MessageDescriber verbose =
        (message, out) -> {
          for (int i = 0; i < 10_000; i++) {
            out.field("f", i);
          }
          out.request(3);
          return true;
        };
    DigestSink sink = new DigestSink(List.of(verbose));
    Endpoint to = new Endpoint(0, "/user/a");
    for (int i = 0; i < 5; i++) {
      deliver(sink, to, i, new Plain());
    }
    assertThat(sink.hex()).hasSize(64);
  }

  @Test
  void typeNamesKeepTheirEnclosingClassesAndNothingTheJvmMadeUp() {
    Runnable lambda = () -> {};
    assertThat(DigestSink.typeName(Launch.class)).isEqualTo("DigestSinkTest$Launch");
    assertThat(DigestSink.typeName(String.class)).isEqualTo("String");
    assertThat(DigestSink.typeName(lambda.getClass())).isEqualTo("DigestSinkTest$$Lambda");
  }
}
