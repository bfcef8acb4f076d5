package dev.ksgx.trace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Filter;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link Only} asks for is recorded, the rest is not. */
class OnlyTest {
  private static final Filter ANY = new Filter(null, null, null, Map.of(), null, null);

  @TempDir Path folder;

  private TraceStore recorded(String... conditions) throws IOException {
    Path file = folder.resolve("only-" + String.join("-", conditions));
    TraceOptions options = TraceOptions.everything().withOnly(Only.parse(List.of(conditions)));
    Yard.record(file, options);
    return TraceStore.open(file, Progress.NONE);
  }

  private static List<Message> messages(TraceStore store) {
    return new Messages(store).list(ANY, 1000);
  }

  private static List<Long> launches(TraceStore store) {
    return new Requests(store).all().stream().map(Request::number).toList();
  }

  /** Ids of the messages of the whole trace of which that is true. */
  private List<Long> expected(Predicate<Message> isKept) throws IOException {
    try (TraceStore all = recorded()) {
      return messages(all).stream().filter(isKept).map(Message::id).toList();
    }
  }

  private static List<Part> path(TraceStore store, long launch) {
    return new Blame(store).path(new Requests(store).numbered(launch).orElseThrow());
  }

  @Test
  void aLaunchIsKeptWholeAndItsWaitsStillKnowTheirHolders() throws IOException {
    try (TraceStore all = recorded();
        TraceStore third = recorded("launch=3")) {
      assertThat(launches(third)).containsExactly(3L);
      assertThat(path(third, 3))
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("holders")
          .isEqualTo(path(all, 3));
      assertThat(path(third, 3).get(1).holders())
          .extracting(holder -> holder.name() + " " + holder.nanos())
          .containsExactly("launch 1 10000", "launch 2 30000");
      assertThat(
              third.<Long>list("select count(*) from hold where request = 101", r -> r.getLong(1)))
          .as("the crane, for which the third did not wait, is not told of")
          .containsExactly(1L);
      assertThat(messages(third))
          .extracting(Message::id)
          .isEqualTo(
              expected(m -> m.request() == 103 && !m.type().contains("Arrive") && !isStart(m)));
    }
  }

  /** The message with which a launch gets its name, and what came before, serve no launch yet. */
  private static boolean isStart(Message message) {
    return message.type().equals("akka:Create");
  }

  @Test
  void aSecondLaunchThatWaitedForItsOwnWorkKnowsWhoWasAhead() throws IOException {
    try (TraceStore all = recorded();
        TraceStore second = recorded("launch=2")) {
      assertThat(path(second, 2).get(0).holders())
          .extracting(holder -> holder.nanos())
          .isEqualTo(path(all, 2).get(0).holders().stream().map(holder -> holder.nanos()).toList());
      assertThat(path(second, 2).stream().mapToLong(Part::nanos).sum()).isEqualTo(100_000);
    }
  }

  @Test
  void severalLaunchesRangesAndKinds() throws IOException {
    try (TraceStore some = recorded("launch=1,3")) {
      assertThat(launches(some)).containsExactly(1L, 3L);
    }
    try (TraceStore some = recorded("launch=2..7", "kind=launch")) {
      assertThat(launches(some)).containsExactlyInAnyOrder(2L, 3L);
    }
    try (TraceStore none = recorded("kind=landing")) {
      assertThat(launches(none)).isEmpty();
      assertThat(messages(none)).isEmpty();
    }
  }

  @Test
  void aRequestById() throws IOException {
    try (TraceStore one = recorded("request=102")) {
      assertThat(launches(one)).containsExactly(2L);
      assertThat(messages(one))
          .extracting(Message::id)
          .isEqualTo(expected(m -> m.request() == 102));
    }
  }

  @Test
  void aWindowKeepsTheLaunchesPlannedInItWholeAndNothingElseOfOthers() throws IOException {
    try (TraceStore some = recorded("from=5000", "to=12000")) {
      assertThat(launches(some)).containsExactly(2L);
      assertThat(path(some, 2).stream().mapToLong(Part::nanos).sum()).isEqualTo(100_000);
      assertThat(messages(some))
          .extracting(Message::id)
          .isEqualTo(
              expected(
                  m ->
                      m.request() == 102
                          || m.request() == 0 && m.handled() >= 5000 && m.handled() <= 12000));
    }
  }

  @Test
  void actorAndTypeLeaveOutMessagesAndBlameStaysAsItIs() throws IOException {
    try (TraceStore all = recorded();
        TraceStore desk = recorded("actor=desk", "type=Stamp")) {
      assertThat(messages(desk))
          .isNotEmpty()
          .extracting(Message::id)
          .isEqualTo(
              expected(
                  m ->
                      m.type().contains("Stamp")
                          && ((m.sender() != null && m.sender().contains("desk"))
                              || m.receiver().contains("desk"))));
      for (int launch = 1; launch <= 3; launch++) {
        assertThat(path(desk, launch)).isEqualTo(path(all, launch));
      }
    }
  }

  @Test
  void whatWasAskedForIsInTheTrace() throws IOException {
    try (TraceStore some = recorded("launch=1,2..3", "actor=crane")) {
      assertThat(some.notes()).containsEntry("only", "launch=1,2..3 actor=crane");
    }
    try (TraceStore all = recorded()) {
      assertThat(all.notes()).doesNotContainKey("only");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "launch | expected KEY=VALUE",
        "launch= | expected KEY=VALUE",
        "launch=1,,2 | expected KEY=VALUE",
        "launch=first | first is no number",
        "launch=9..3 | 9..3 ends before it begins",
        "launch=-1 | -1 is no number",
        "from=1 s | 1 s is no number",
        "enclave=3 | no such condition; there are launch, request, kind, actor, type, from and to"
      })
  void aConditionThatCannotBeUnderstoodIsNamed(String condition, String why) {
    assertThatThrownBy(() -> Only.parse(List.of(condition)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(condition + ": ")
        .hasMessageContaining(why);
  }

  @Test
  void aWindowThatEndsBeforeItBeginsIsRefused() {
    assertThatThrownBy(() -> Only.parse(List.of("from=9", "to=3")))
        .hasMessageContaining("ends before it begins");
  }
}
