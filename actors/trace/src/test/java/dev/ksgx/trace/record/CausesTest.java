package dev.ksgx.trace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.export.ShiViz;
import dev.ksgx.trace.export.ShiVizRules;
import dev.ksgx.trace.query.Filter;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts, stops, failures, timers and adapters keep the cause that a mailbox alone would lose. */
class CausesTest {
  @TempDir Path folder;

  private static Behavior<String> parent(ActorRef<Integer>[] adapter) {
    return Behaviors.setup(
        context -> {
          ActorRef<String> self = context.getSelf();
          adapter[0] = context.messageAdapter(Integer.class, number -> "adapted " + number);
          return Behaviors.receive(String.class)
              .onMessageEquals(
                  "spawn",
                  () -> {
                    context.watch(context.spawn(child(self), "child"));
                    return Behaviors.same();
                  })
              .onMessageEquals(
                  "adapt",
                  () -> {
                    adapter[0].tell(17);
                    return Behaviors.same();
                  })
              .onMessageEquals(
                  "fail",
                  () -> {
                    throw new IllegalStateException("as asked");
                  })
              .onAnyMessage(text -> Behaviors.same())
              .onSignal(
                  Terminated.class,
                  ended -> {
                    self.tell("heard of the end");
                    return Behaviors.same();
                  })
              .build();
        });
  }

  /** Speaks when it starts, a timer later, and when it stops. */
  private static Behavior<String> child(ActorRef<String> parent) {
    return Behaviors.setup(
        context -> {
          parent.tell("started");
          return Behaviors.withTimers(
              timers -> {
                timers.startSingleTimer("tick", Duration.ofNanos(70));
                return Behaviors.receive(String.class)
                    .onMessageEquals(
                        "tick",
                        () -> {
                          parent.tell("ticked");
                          return Behaviors.stopped();
                        })
                    .onSignal(
                        PostStop.class,
                        stop -> {
                          parent.tell("stopped");
                          return Behaviors.same();
                        })
                    .build();
              });
        });
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private List<Message> recorded(String order) throws IOException {
    Path file = folder.resolve(order);
    try (TraceRecorder recorder = TraceRecorder.to(file, TraceOptions.everything());
        var system =
            VirtualSystem.create(
                parent(new ActorRef[1]), "family", VirtualOptions.seed(1).withSink(recorder))) {
      system.clock().tellAt(5, system.system(), order);
      if (order.equals("fail")) {
        assertThatThrownBy(() -> system.runToQuiescence().orThrow()).hasMessageContaining("failed");
      } else {
        system.runToQuiescence().orThrow();
      }
    }
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      assertThat(
              store.list(
                  "select m.id from message m left join message c on c.id = m.cause where"
                      + " m.cause <> 0 and (c.id is null or c.receiver <> m.sender"
                      + " or c.handled > m.sent)",
                  row -> row.getLong(1)))
          .as("causes that are not there or were not being handled")
          .isEmpty();
      return new Messages(store).list(new Filter(null, null, null, Map.of(), null, null), 100);
    }
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void anActorThatIsMadeAnewUnderItsNameIsOneActor() throws IOException {
    Path file = folder.resolve("anew");
    try (TraceRecorder recorder = TraceRecorder.to(file, TraceOptions.everything());
        var system =
            VirtualSystem.create(
                parent(new ActorRef[1]), "family", VirtualOptions.seed(1).withSink(recorder))) {
      system.clock().tellAt(5, system.system(), "spawn");
      system.clock().tellAt(500, system.system(), "spawn");
      system.runToQuiescence().orThrow();
    }
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      assertThat(store.list("select path from actor order by path", row -> row.getString(1)))
          .doesNotHaveDuplicates()
          .contains("/user/child");
      assertThat(
              store.list(
                  "select count(*) from messages where receiver = '/user/child' and type ="
                      + " 'akka:Create'",
                  row -> row.getInt(1)))
          .containsExactly(2);
      StringBuilder log = new StringBuilder();
      ShiViz.write(store, Selection.ALL, log);
      assertThat(ShiVizRules.check(log.toString())).isPositive();
    }
  }

  private static String chain(List<Message> messages, Message last) {
    StringBuilder chain = new StringBuilder();
    for (Message next = last; next != null; ) {
      chain.append(next.type()).append('@').append(next.handled()).append(' ');
      long cause = next.cause();
      next = messages.stream().filter(m -> m.id() == cause).findAny().orElse(null);
    }
    return chain.toString().trim();
  }

  private static Message last(List<Message> messages, String type) {
    return messages.stream().filter(m -> m.type().equals(type)).reduce((a, b) -> b).orElseThrow();
  }

  @Test
  void whatAnActorSaysWhenItStartsIsCausedByWhoeverSpawnedIt() throws IOException {
    List<Message> messages = recorded("spawn");
    List<String> toParent =
        messages.stream()
            .filter(m -> m.type().equals("String") && "/user/child".equals(m.sender()))
            .map(m -> chain(messages, m))
            .toList();
    assertThat(toParent.get(0)).isEqualTo("String@5 akka:Create@5 String@5");
    assertThat(toParent.get(1))
        .isEqualTo("String@75 TimerSchedulerImpl$TimerMsg@75 akka:Create@5 String@5");
  }

  @Test
  void whatIsSaidAtAnEndIsCausedByTheEnd() throws IOException {
    List<Message> messages = recorded("spawn");
    String heard = chain(messages, last(messages, "String"));
    assertThat(heard)
        .startsWith("String@75 Terminated@75 akka:DeathWatchNotification@75")
        .endsWith("akka:Create@5 String@5");
  }

  @Test
  void anAdaptedMessageIsToldByItsOwnTypeAndCause() throws IOException {
    List<Message> messages = recorded("adapt");
    assertThat(chain(messages, last(messages, "Integer"))).isEqualTo("Integer@5 String@5");
  }

  @Test
  void aFailureIsTheLastEventAndNamesTheMessage() throws IOException {
    List<Message> messages = recorded("fail");
    Message failure = messages.get(messages.size() - 1);
    assertThat(failure.type()).isEqualTo("akka:threw IllegalStateException");
    assertThat(failure.receiver()).isEqualTo("/user");
    assertThat(chain(messages, failure)).endsWith("String@5");
  }
}
