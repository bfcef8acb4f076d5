package dev.ksgx.runtime.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The ends of a run that are somebody's mistake. */
class RunEndsTest {
  private final List<String> log = new ArrayList<>();

  private static <T> VirtualSystem<T> system(Behavior<T> guardian) {
    return VirtualSystem.create(guardian, "test", 1);
  }

  private Behavior<String> logging() {
    return Behaviors.setup(
        context -> {
          Clock clock = RuntimeExtension.get(context.getSystem()).clock();
          return Behaviors.receiveMessage(
              text -> {
                log.add(text + "@" + clock.nowNanos());
                return Behaviors.same();
              });
        });
  }

  @Test
  void aLoopWithoutEndMeetsTheStepLimit() {
    Behavior<String> restless =
        Behaviors.setup(
            context -> {
              context.getSelf().tell("go");
              return Behaviors.receiveMessage(
                  text -> {
                    context.getSelf().tell(text);
                    return Behaviors.same();
                  });
            });
    try (var system =
        VirtualSystem.create(restless, "test", VirtualOptions.seed(1).withStepLimit(1_000))) {
      RunResult result = system.runToQuiescence();
      assertThat(result.outcome()).isEqualTo(Outcome.STEPS);
      assertThat(system.steps()).isEqualTo(1_000);
      assertThat(system.messages()).isBetween(900L, 1_000L);
    }
  }

  @Test
  void quiescenceWithOpenWaitsIsADeadlockThatSaysWhoWaitsForWhatHeldByWhom() {
    try (var system = system(logging())) {
      Resource first = system.probe().resource("first", 1);
      first.acquired(1, 11);
      first.queued(2, 12);
      RunResult result = system.runUntil(1_000);
      assertThat(result.outcome()).isEqualTo(Outcome.DEADLOCK);
      assertThat(result.report())
          .isEqualTo("task 2 (request 12) waits for first since 0 ns, held by task 1\n");
      assertThat(result.nowNanos()).as("the clock stays where it ended").isZero();
      assertThatIllegalStateException()
          .isThrownBy(result::orThrow)
          .withMessageContaining("task 2 (request 12) waits for first");
    }
  }

  @Test
  void anExceptionInAnActorEndsTheRunNamedWithItsCause() {
    Behavior<String> fragile =
        Behaviors.receiveMessage(
            text -> {
              throw new IllegalArgumentException("cannot do " + text);
            });
    Behavior<String> guardian =
        Behaviors.setup(
            context -> {
              ActorRef<String> child = context.spawn(fragile, "fragile");
              return Behaviors.receiveMessage(
                  text -> {
                    child.tell(text);
                    return Behaviors.same();
                  });
            });
    try (var system = system(guardian)) {
      AtomicReference<Object> heard = new AtomicReference<>();
      RuntimeExtension.get(system.system()).failure().thenAccept(heard::set);
      system.clock().tellAt(30, system.system(), "this");
      system.clock().tellAt(40, system.system(), "that");
      RunResult result = system.runToQuiescence();
      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.failure().actor()).isEqualTo("/user/fragile");
      assertThat(result.failure().atNanos()).isEqualTo(30);
      assertThat(result.failure().cause())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("cannot do this");
      assertThat(system.runUntil(100).outcome()).as("it stays ended").isEqualTo(Outcome.FAILED);
      assertThat(system.nowNanos()).isEqualTo(30);
      assertThatThrownBy(result::orThrow).hasCause(result.failure().cause());
      assertThat(heard.get()).isEqualTo(result.failure());
    }
  }

  @Test
  void anExceptionInTheGuardiansSetupOrAtAnErrorEndsTheRunToo() {
    Behavior<String> broken =
        Behaviors.setup(
            context -> {
              throw new AssertionError("never starts");
            });
    try (var system = system(broken)) {
      RunResult result = system.runToQuiescence();
      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.failure().actor()).isEqualTo("/user");
      assertThat(result.failure().cause()).hasStackTraceContaining("never starts");
    }
  }

  @Test
  void withEndOnFailureOffAkkasOwnRuleApplies() {
    Behavior<String> fragile =
        Behaviors.<String>receiveMessage(
            text -> {
              throw new IllegalArgumentException("boom");
            });
    Behavior<String> guardian =
        Behaviors.setup(
            context -> {
              ActorRef<String> child = context.spawn(fragile, "fragile");
              context.watchWith(child, "gone");
              child.tell("x");
              return Behaviors.receiveMessage(
                  text -> {
                    log.add(text);
                    return Behaviors.same();
                  });
            });
    try (var system =
        VirtualSystem.create(guardian, "test", VirtualOptions.seed(1).withEndOnFailure(false))) {
      assertThat(system.runToQuiescence().outcome()).isEqualTo(Outcome.QUIESCENT);
      assertThat(log).containsExactly("gone");
    }
  }
}
