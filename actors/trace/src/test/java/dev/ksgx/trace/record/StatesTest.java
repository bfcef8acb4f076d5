package dev.ksgx.trace.record;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.State;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import dev.ksgx.trace.export.JsonLines;
import dev.ksgx.trace.export.Perfetto;
import dev.ksgx.trace.export.PerfettoRules;
import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.MessageText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What actors publish of themselves is recorded with the message behind it. */
class StatesTest {
  @TempDir Path folder;

  /** Opens and closes a door as it is told; its parent counts how often. */
  private static Behavior<Integer> porter() {
    return Behaviors.setup(
        context -> {
          State shifts = RuntimeExtension.get(context.getSystem()).probe().state("shifts");
          var door = Children.spawn(context, door(), "door");
          int[] count = {0};
          return Behaviors.receiveMessage(
              order -> {
                shifts.set(++count[0] / 2);
                door.tell(order);
                return Behaviors.same();
              });
        });
  }

  private static Behavior<Integer> door() {
    return Behaviors.setup(
        context -> {
          State door = RuntimeExtension.get(context.getSystem()).probe().state("door");
          door.set("closed");
          return Behaviors.receiveMessage(
              order -> {
                if (order == 0) {
                  door.end();
                } else {
                  door.set(order % 2 == 1 ? "open" : "closed");
                }
                return Behaviors.same();
              });
        });
  }

  private TraceStore recorded(TraceOptions options) throws IOException {
    Path file = folder.resolve("doors-" + options.detail() + options.only());
    try (TraceRecorder recorder = TraceRecorder.to(file, options);
        var system =
            VirtualSystem.create(porter(), "doors", VirtualOptions.seed(1).withSink(recorder))) {
      Clock clock = system.clock();
      clock.tellAt(10_000, system.system(), 1);
      clock.tellAt(20_000, system.system(), 3);
      clock.tellAt(30_000, system.system(), 2);
      clock.tellAt(30_000, system.system(), 1);
      clock.tellAt(50_000, system.system(), 0);
      clock.tellAt(60_000, system.system(), 1);
      system.runToQuiescence().orThrow();
    }
    return TraceStore.open(file, Progress.NONE);
  }

  private static List<StateChange> all(TraceStore store, String actor) {
    return StateChange.list(store, actor, null, null, 0, Long.MAX_VALUE, 100);
  }

  private static List<String> words(List<StateChange> changes) {
    return changes.stream().map(change -> change.inWords() + " at " + change.at()).toList();
  }

  @Test
  void changesAreKeptWithTheirInstantsAndNothingElse() throws IOException {
    try (TraceStore store = recorded(TraceOptions.everything())) {
      assertThat(words(all(store, "/user/door")))
          .containsExactly(
              "door = closed at 0",
              "door = open at 10000",
              "door = closed at 30000",
              "door = open at 30000",
              "door is over at 50000",
              "door = open at 60000");
      assertThat(words(StateChange.list(store, null, "shifts", null, 15_000, 40_000, 100)))
          .containsExactly("shifts = 1 at 20000", "shifts = 2 at 30000");
    }
  }

  @Test
  void aChangeKnowsTheMessageThatItsActorHandled() throws IOException {
    try (TraceStore store = recorded(TraceOptions.everything())) {
      Messages messages = new Messages(store);
      for (StateChange change : all(store, null)) {
        Message cause = messages.find(change.cause()).orElseThrow();
        assertThat(cause.receiver()).isEqualTo(change.actor());
        assertThat(cause.handled()).isEqualTo(change.at());
        assertThat(new MessageText(store).show(cause)).contains("state    " + change.inWords());
      }
      assertThat(messages.find(all(store, "/user/door").get(0).cause()).orElseThrow().type())
          .isEqualTo("akka:Create");
    }
  }

  @Test
  void whoWantsNoMessagesOrOtherActorsGetsNoStates() throws IOException {
    try (TraceStore store = recorded(TraceOptions.everything().withDetail(Detail.REQUESTS))) {
      assertThat(all(store, null)).isEmpty();
    }
    Only door = Only.parse(List.of("actor=door", "from=15000", "to=40000"));
    try (TraceStore store = recorded(TraceOptions.everything().withOnly(door))) {
      assertThat(words(all(store, null)))
          .containsExactly("door = closed at 30000", "door = open at 30000");
    }
  }

  @Test
  void inTheCanonicalDumpAChangeFollowsItsMessage() throws IOException {
    StringBuilder dump = new StringBuilder();
    try (TraceStore store = recorded(TraceOptions.everything())) {
      JsonLines.write(store, Selection.ALL, dump);
    }
    List<String> lines = dump.toString().lines().toList();
    ObjectMapper json = new ObjectMapper();
    long last = 0;
    int states = 0;
    for (String line : lines) {
      var node = json.readTree(line);
      if (node.has("state")) {
        states++;
        assertThat(node.get("cause").asLong()).isEqualTo(last);
      } else {
        last = node.get("id").asLong();
      }
    }
    assertThat(states).isEqualTo(10);
    assertThat(dump.toString())
        .contains(
            "{\"state\":\"door\",\"actor\":\"/user/door\",\"value\":\"open\",\"at\":10000,\"cause\":")
        .contains("{\"state\":\"door\",\"actor\":\"/user/door\",\"at\":50000,\"cause\":");
  }

  @Test
  void perfettoHasASliceForEachValueFromChangeToChange() throws IOException {
    StringBuilder out = new StringBuilder();
    try (TraceStore store = recorded(TraceOptions.everything())) {
      Perfetto.write(store, new Selection(null, 15_000L, 55_000L), Perfetto.Flows.LAUNCH, out);
    }
    List<String> slices =
        new ObjectMapper()
            .readTree(out.toString()).get("traceEvents").findParents("dur").stream()
                .filter(event -> event.get("cat").asText().equals("state"))
                .map(
                    event ->
                        event.get("name").asText()
                            + " "
                            + event.get("ts").asText()
                            + "+"
                            + event.get("dur").asText())
                .toList();
    assertThat(slices)
        .as("values that last no time too; what is over has none")
        .containsExactlyInAnyOrder(
            "open 15.0+15.0",
            "closed 30.0+0.0",
            "open 30.0+20.0",
            "0 15.0+5.0",
            "1 20.0+10.0",
            "2 30.0+25.0");
    assertThat(PerfettoRules.check(new ObjectMapper().readTree(out.toString())).states())
        .isEqualTo(6);
  }
}
