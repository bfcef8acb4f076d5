package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A trace in which one thing is wrong is found out by what is held of every trace. */
class BrokenTraceTest {
  /** In the middle of the trace. */
  private static final String SOME = " where id > 5000 order by id limit 1";

  @TempDir static Path folder;
  private static Path sound;

  @BeforeAll
  static void record() throws Exception {
    Path trace = TracedRun.of("v5", 100, folder);
    try (TraceStore store = TraceStore.open(trace, Progress.NONE)) {
      assertThat(TraceInvariants.hold(store)).isPositive();
    }
    sound = trace.resolveSibling(trace.getFileName() + ".sqlite");
    change(
        sound,
        "create view tick as select id from message where type in (select id from type where name = 'Core$GoOn')");
    change(
        sound,
        "create view told as select m.id from message m where origin = 0 and cause <> 0 and type not in (select id from type where name in ('Core$GoOn', 'Slices$Over'))");
    change(
        sound,
        "create table twins as select a.id, b.id as other, a.cause, b.cause as other_cause from message a join message b on b.receiver = a.receiver and b.handled = a.handled and b.sender = a.sender and b.cause > a.cause and b.cause < a.id and b.id > a.id where a.id > 3000 and a.id in told and b.id in told and not exists (select 1 from tick where id between a.cause and b.id) limit 1");
  }

  private static int change(Path database, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  static List<Arguments> breakages() {
    return List.of(
        arguments(
            "a cause is lost",
            "comes from outside",
            "update message set cause = 0 where id = (select id from told {some})"),
        arguments(
            "a cause is not in the trace",
            "has no cause before it",
            "update message set cause = 1000000000 where id = (select id from told {some})"),
        arguments(
            "a message is its own cause",
            "has no cause before it",
            "update message set cause = id where id = (select id from told {some})"),
        arguments(
            "another actor's message is the cause",
            "was sent by another",
            "update message set cause = (select max(c.id) from message c where c.id < message.id and c.receiver <> message.sender) where id = (select id from told {some})"),
        arguments(
            "what the sender handled at an earlier instant is the cause",
            "was not being handled",
            "update message set cause = (select max(c.id) from message c where c.handled < message.sent and c.receiver = message.sender) where id = (select id from told {some})"),
        arguments(
            "what a core handled before its last timer fired set the next",
            "was set before the last fired",
            "update message set cause = (select max(c.id) from message c where c.receiver = message.sender and c.id < (select max(p.id) from message p where p.id < message.id and p.receiver = message.receiver and p.type = message.type)) where id = (select id from tick {some})"),
        arguments(
            "what was over when the timer fired is the cause",
            "over before the clock moved",
            "update message set cause = (select max(c.id) from message c where c.receiver = message.sender and c.id < message.cause) where id = (select m.id from message m join message c on c.id = m.cause join message b on b.id = (select max(b.id) from message b where b.receiver = m.sender and b.id between m.cause - 200 and m.cause - 1 and b.handled = m.sent) where exists (select 1 from tick where id > b.id and id <= c.id) and m.id in told and m.id > 3000 limit 1)"),
        arguments(
            "causes of two messages are exchanged",
            "was read after what was sent later",
            "update message set cause = (select t.cause + t.other_cause - message.cause from twins t) where id in (select id from twins union select other from twins)"),
        arguments(
            "a mailbox keeps a message for a while",
            "waited in a mailbox",
            "update message set handled = handled + 1 where id = (select id from told {some})"),
        arguments(
            "a timer fires before it is set",
            "before its cause was handled",
            "update message set handled = 1, sent = 1 where id = (select id from tick {some})"),
        arguments(
            "a part of a timeline is lost",
            "abut",
            "delete from span where id = (select id from span where request = (select max(id) from request) and stop > start order by id limit 1 offset 2)"),
        arguments(
            "the end of a timeline is lost",
            "abut",
            "delete from span where id = (select max(id) from span where request = (select max(id) from request))"),
        arguments(
            "a timeline overlaps",
            "abut",
            "update span set stop = stop + 1 where id = (select min(id) from span where request = (select max(id) from request))"),
        arguments(
            "work took longer than it was at work",
            "longer",
            "update part set nanos = nanos + 1000000000 where rowid = 50"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("breakages")
  void isFoundOut(String what, String said, String sql) throws Exception {
    Path broken = folder.resolve("broken.sqlite");
    Files.deleteIfExists(broken);
    Files.copy(sound, broken);
    assertThat(change(broken, sql.replace("{some}", SOME))).isPositive();
    try (TraceStore store = TraceStore.open(broken, Progress.NONE)) {
      assertThatThrownBy(() -> TraceInvariants.hold(store))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(said);
    }
  }
}
