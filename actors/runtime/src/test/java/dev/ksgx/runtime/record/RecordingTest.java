package dev.ksgx.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private record Seen(
      long id, long cause, String sender, String receiver, long sent, long delivered) {}

  private final Map<Object, Seen> seen = new LinkedHashMap<>();

  private void record(
      long id, long cause, Endpoint from, Endpoint to, long sent, long delivered, Object message) {
    seen.put(
        message,
        new Seen(id, cause, from == null ? "outside" : from.path(), to.path(), sent, delivered));
  }

  private Behavior<String> relay() {
    return Behaviors.setup(
        context -> {
          Clock clock = RuntimeExtension.get(context.getSystem()).clock();
          Behavior<String> quiet = Behaviors.receiveMessage(text -> Behaviors.same());
          ActorRef<String> next = context.spawn(quiet, "next");
          return Behaviors.receiveMessage(
              text -> {
                if (text.equals("start")) {
                  next.tell("told");
                  clock.tellAfter(40, next, "timed");
                  context.scheduleOnce(Duration.ofNanos(50), next, "scheduled");
                  clock.tellAfter(10, context.getSelf(), "other");
                }
                return Behaviors.same();
              });
        });
  }

  @Test
  void aMessageKnowsItsCauseSenderAndTimesAlsoThroughATimer() {
    VirtualOptions options = VirtualOptions.seed(1).withSink(this::record);
    try (var system = VirtualSystem.create(relay(), "relay", options)) {
      system.clock().tellAt(100, system.system(), "start");
      system.runToQuiescence().orThrow();
    }
    Seen start = seen.get("start");
    assertThat(start.cause()).isZero();
    assertThat(start.sender()).isEqualTo("outside");
    assertThat(start.receiver()).isEqualTo("/user");
    for (String text : new String[] {"told", "timed", "scheduled"}) {
      Seen effect = seen.get(text);
      assertThat(effect.cause()).as(text).isEqualTo(start.id());
      assertThat(effect.sender()).as(text).isEqualTo("/user");
      assertThat(effect.receiver()).as(text).isEqualTo("/user/next");
    }
    assertThat(seen.get("told").delivered()).isEqualTo(100);
    assertThat(seen.get("timed").sent()).isEqualTo(140);
    assertThat(seen.get("scheduled").delivered()).isEqualTo(150);
    assertThat(seen.values()).extracting(Seen::id).doesNotHaveDuplicates().doesNotContain(0L);
  }

  @Test
  void theHandlerCanAskForTheMessageItHandles() {
    Map<String, Long> current = new HashMap<>();
    Behavior<String> curious =
        Behaviors.setup(
            context -> {
              Recorder recorder = Recorder.get(context.getSystem());
              return Behaviors.receiveMessage(
                  text -> {
                    current.put(text, recorder.currentMessage());
                    assertThat(recorder.currentActor().path()).isEqualTo("/user");
                    return Behaviors.same();
                  });
            });
    VirtualOptions options = VirtualOptions.seed(1).withSink(this::record);
    try (var system = VirtualSystem.create(curious, "curious", options)) {
      system.tell("a");
      system.tell("b");
      system.runToQuiescence().orThrow();
      assertThat(Recorder.get(system.system()).currentMessage()).isZero();
    }
    assertThat(current.get("a")).isEqualTo(seen.get("a").id());
    assertThat(current.get("b")).isEqualTo(seen.get("b").id());
  }
}
