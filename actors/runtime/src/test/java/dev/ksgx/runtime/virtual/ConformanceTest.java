package dev.ksgx.runtime.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What ordinary behaviours use of Akka works unmodified in virtual time. Times in milliseconds. */
class ConformanceTest {
  private final List<String> log = new ArrayList<>();
  private Clock clock;

  private void note(String what) {
    log.add(what + "@" + clock.nowNanos() / 1_000_000);
  }

  private Outcome run(Behavior<String> behavior, long forMillis) {
    Behavior<String> guardian =
        Behaviors.setup(
            context -> {
              clock = RuntimeExtension.get(context.getSystem()).clock();
              return behavior;
            });
    try (var system = VirtualSystem.create(guardian, "conformance", 1)) {
      return system.runUntil(forMillis * 1_000_000).outcome();
    }
  }

  @Test
  void timersOfEveryKindTickAtTheirTimes() {
    Behavior<String> behavior =
        Behaviors.withTimers(
            timers -> {
              timers.startSingleTimer("once", Duration.ofMillis(25));
              timers.startTimerAtFixedRate("rate", "rate", Duration.ofMillis(10));
              timers.startTimerWithFixedDelay("delay", "delay", Duration.ofMillis(14));
              timers.startSingleTimer("never", Duration.ofMillis(15));
              timers.cancel("never");
              return Behaviors.receiveMessage(
                  text -> {
                    note(text);
                    if (text.equals("once")) {
                      timers.cancel("rate");
                    }
                    return Behaviors.same();
                  });
            });
    assertThat(run(behavior, 45)).isEqualTo(Outcome.TIME);
    assertThat(log)
        .containsExactly("rate@10", "delay@14", "rate@20", "once@25", "delay@28", "delay@42");
  }

  @Test
  void aPeriodicTimerStopsWhenCancelledAndWhenItsTargetIsGone() {
    Behavior<String> behavior =
        Behaviors.setup(
            context -> {
              ActorRef<String> mortal =
                  context.spawn(
                      Behaviors.<String>receiveMessage(
                          text -> {
                            note(text);
                            return Behaviors.stopped();
                          }),
                      "mortal");
              akka.actor.Scheduler scheduler = Adapter.toClassic(context.getSystem()).scheduler();
              scheduler.scheduleAtFixedRate(
                  Duration.ofMillis(5),
                  Duration.ofMillis(5),
                  Adapter.toClassic(mortal),
                  "tick",
                  context.getExecutionContext(),
                  akka.actor.ActorRef.noSender());
              Cancellable[] counted = new Cancellable[1];
              counted[0] =
                  scheduler.scheduleAtFixedRate(
                      Duration.ofMillis(2),
                      Duration.ofMillis(2),
                      () -> {
                        note("run");
                        if (log.size() == 2) {
                          assertThat(counted[0].cancel()).isTrue();
                          assertThat(counted[0].isCancelled()).isTrue();
                          assertThat(counted[0].cancel()).isFalse();
                        }
                      },
                      context.getExecutionContext());
              return Behaviors.empty();
            });
    assertThat(run(behavior, 1_000)).as("no timer is left").isEqualTo(Outcome.QUIESCENT);
    assertThat(log).containsExactly("run@2", "run@4", "tick@5");
  }

  @Test
  void theStashKeepsTheOrder() {
    Behavior<String> behavior =
        Behaviors.withStash(
            10,
            stash ->
                Behaviors.setup(
                    context -> {
                      for (String text : List.of("a", "b", "open", "c")) {
                        context.getSelf().tell(text);
                      }
                      Behavior<String> open =
                          Behaviors.receiveMessage(
                              text -> {
                                note(text);
                                return Behaviors.same();
                              });
                      return Behaviors.receiveMessage(
                          text -> {
                            if (text.equals("open")) {
                              return stash.unstashAll(open);
                            }
                            stash.stash(text);
                            return Behaviors.same();
                          });
                    }));
    run(behavior, 1);
    assertThat(log).containsExactly("a@0", "b@0", "c@0");
  }

  @Test
  void aWatcherLearnsOfTheEndOfItsChild() {
    Behavior<String> mortal = Behaviors.receiveMessage(text -> Behaviors.stopped());
    Behavior<String> behavior =
        Behaviors.setup(
            context -> {
              ActorRef<String> child = context.spawn(mortal, "mortal");
              context.watch(child);
              context.scheduleOnce(Duration.ofMillis(5), child, "die");
              return Behaviors.receive(String.class)
                  .onSignal(
                      Terminated.class,
                      end -> {
                        note(
                            end.getRef().path().name()
                                + (end instanceof ChildFailed ? " failed" : " ended"));
                        return Behaviors.same();
                      })
                  .build();
            });
    run(behavior, 10);
    assertThat(log).containsExactly("mortal ended@5");
  }

  @Test
  void theReceiveTimeoutIsCountedFromTheLastMessage() {
    Behavior<String> behavior =
        Behaviors.setup(
            context -> {
              context.setReceiveTimeout(Duration.ofMillis(100), "idle");
              context.scheduleOnce(Duration.ofMillis(60), context.getSelf(), "busy");
              return Behaviors.receiveMessage(
                  text -> {
                    note(text);
                    return text.equals("idle") ? Behaviors.stopped() : Behaviors.same();
                  });
            });
    run(behavior, 1_000);
    assertThat(log).containsExactly("busy@60", "idle@160");
  }

  @Test
  void pipeToSelfDeliversTheResultOfAStage() {
    CompletableFuture<Integer> stage = new CompletableFuture<>();
    Behavior<String> behavior =
        Behaviors.setup(
            context -> {
              context.pipeToSelf(stage, (value, failure) -> "got " + value);
              context.scheduleOnce(Duration.ofMillis(7), context.getSelf(), "complete");
              return Behaviors.receiveMessage(
                  text -> {
                    if (text.equals("complete")) {
                      stage.complete(21);
                    } else {
                      note(text);
                    }
                    return Behaviors.same();
                  });
            });
    run(behavior, 10);
    assertThat(log).containsExactly("got 21@7");
  }

  private Behavior<String> flaky() {
    return Behaviors.setup(
        context -> {
          note("start");
          return Behaviors.receiveMessage(
              text -> {
                if (text.equals("boom")) {
                  throw new IllegalStateException("boom");
                }
                note(text);
                return Behaviors.same();
              });
        });
  }

  private Behavior<String> parentOf(Behavior<String> child, String... messages) {
    return Behaviors.setup(
        context -> {
          ActorRef<String> ref = context.spawn(child, "child");
          context.watch(ref);
          for (String text : messages) {
            ref.tell(text);
          }
          return Behaviors.receive(String.class)
              .onSignal(
                  Terminated.class,
                  end -> {
                    note("terminated");
                    return Behaviors.same();
                  })
              .build();
        });
  }

  @Test
  void aDeclaredRestartIsNotAFailureOfTheRun() {
    Behavior<String> supervised =
        Behaviors.supervise(flaky())
            .onFailure(SupervisorStrategy.restart().withLoggingEnabled(false));
    assertThat(run(parentOf(supervised, "a", "boom", "b"), 10)).isEqualTo(Outcome.QUIESCENT);
    assertThat(log).containsExactly("start@0", "a@0", "start@0", "b@0");
  }

  @Test
  void aRestartWithBackoffWaitsInVirtualTime() {
    Behavior<String> supervised =
        Behaviors.supervise(flaky())
            .onFailure(
                SupervisorStrategy.restartWithBackoff(
                        Duration.ofMillis(200), Duration.ofSeconds(5), 0.0)
                    .withLoggingEnabled(false));
    assertThat(run(parentOf(supervised, "boom", "after"), 300)).isNotEqualTo(Outcome.FAILED);
    assertThat(log).containsExactly("start@0", "start@200", "after@200");
  }

  @Test
  void aDeclaredStopIsNotAFailureOfTheRun() {
    Behavior<String> supervised =
        Behaviors.supervise(flaky()).onFailure(SupervisorStrategy.stop().withLoggingEnabled(false));
    assertThat(run(parentOf(supervised, "boom"), 10)).isEqualTo(Outcome.QUIESCENT);
    assertThat(log).containsExactly("start@0", "terminated@0");
  }

  @Test
  void anUnhandledTerminatedIsADeathPactAndFailsTheParentByName() {
    Behavior<String> behavior =
        Behaviors.setup(
            context -> {
              ActorRef<String> child =
                  context.spawn(
                      Behaviors.<String>receiveMessage(text -> Behaviors.stopped()), "child");
              context.watch(child);
              child.tell("die");
              return Behaviors.empty();
            });
    assertThat(run(behavior, 10)).isEqualTo(Outcome.FAILED);
  }

  @Test
  void askWithoutTheForeignMeasuresIsRefusedInsteadOfSilentlyLosingDeterminism() {
    Behavior<ActorRef<String>> answering =
        Behaviors.receiveMessage(
            replyTo -> {
              replyTo.tell("yes");
              return Behaviors.same();
            });
    Behavior<String> behavior =
        Behaviors.setup(
            context -> {
              ActorRef<ActorRef<String>> other = context.spawn(answering, "answering");
              context.ask(
                  String.class,
                  other,
                  Duration.ofSeconds(3),
                  (ActorRef<String> replyTo) -> replyTo,
                  (reply, failure) -> "got " + reply);
              return Behaviors.receiveMessage(
                  text -> {
                    note(text);
                    return Behaviors.same();
                  });
            });
    Behavior<String> guardian =
        Behaviors.setup(
            context -> {
              clock = RuntimeExtension.get(context.getSystem()).clock();
              return behavior;
            });
    try (var system = VirtualSystem.create(guardian, "ask", 1)) {
      long realDeadline = System.nanoTime() + 60_000_000_000L;
      RunResult result;
      do {
        result = system.runUntil(() -> !log.isEmpty());
      } while (result.outcome() == Outcome.QUIESCENT && System.nanoTime() < realDeadline);
      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.failure().cause()).hasMessageContaining("an ask");
    }
  }
}
