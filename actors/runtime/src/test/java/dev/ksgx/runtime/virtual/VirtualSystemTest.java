package dev.ksgx.runtime.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Time, timers and the ends of a run that are no accident. */
class VirtualSystemTest {
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
  void theClockJumpsFromTimerToTimerAndTiesFireInTheOrderTheyWereSet() {
    try (var system = system(logging())) {
      ActorRef<String> log1 = system.system();
      system.clock().tellAfter(50, log1, "c");
      system.clock().tellAt(20, log1, "a");
      system.clock().tellAt(50, log1, "d");
      system.clock().tellAfter(-5, log1, "now");
      RunResult result = system.runToQuiescence();
      assertThat(result.outcome()).isEqualTo(Outcome.QUIESCENT);
      assertThat(log).containsExactly("now@0", "a@20", "c@50", "d@50");
      assertThat(system.nowNanos()).isEqualTo(50);
    }
  }

  @Test
  void aCancelledTimerDoesNotFireAndAFiredOneCannotBeCancelled() {
    try (var system = system(logging())) {
      ActorRef<String> to = system.system();
      Cancellable cancelled = system.clock().tellAfter(10, to, "cancelled");
      Cancellable fires = system.clock().tellAfter(10, to, "fires");
      assertThat(cancelled.cancel()).isTrue();
      assertThat(cancelled.cancel()).isFalse();
      assertThat(cancelled.isCancelled()).isTrue();
      system.runToQuiescence();
      assertThat(log).containsExactly("fires@10");
      assertThat(fires.cancel()).isFalse();
      assertThat(fires.isCancelled()).isFalse();
    }
  }

  @Test
  void aRunUntilAnInstantHandlesThatInstantAndLeavesTheRest() {
    try (var system = system(logging())) {
      ActorRef<String> to = system.system();
      system.clock().tellAt(10, to, "a");
      system.clock().tellAt(20, to, "b");
      system.clock().tellAt(21, to, "c");
      assertThat(system.runUntil(20).outcome()).isEqualTo(Outcome.TIME);
      assertThat(log).containsExactly("a@10", "b@20");
      assertThat(system.nowNanos()).isEqualTo(20);
      RunResult end = system.runUntil(100);
      assertThat(end.outcome()).isEqualTo(Outcome.QUIESCENT);
      assertThat(end.nowNanos()).isEqualTo(100);
    }
  }

  @Test
  void aRunUntilAConditionStopsAtTheStepThatMakesItTrue() {
    try (var system = system(logging())) {
      for (int i = 1; i <= 5; i++) {
        system.clock().tellAt(i, system.system(), "m");
      }
      assertThat(system.runUntil(() -> log.size() == 3).outcome()).isEqualTo(Outcome.DONE);
      assertThat(system.nowNanos()).isEqualTo(3);
      assertThat(system.runUntil(() -> false).outcome()).isEqualTo(Outcome.QUIESCENT);
    }
  }

  @Test
  void daemonTimersFireButDoNotKeepARunAlive() {
    Behavior<String> sampler =
        Behaviors.setup(
            context -> {
              Clock clock = RuntimeExtension.get(context.getSystem()).clock();
              clock.tellAfterDaemon(10, context.getSelf(), "sample");
              return Behaviors.receiveMessage(
                  text -> {
                    log.add(text + "@" + clock.nowNanos());
                    if (text.equals("sample")) {
                      clock.tellAfterDaemon(10, context.getSelf(), "sample");
                    }
                    return Behaviors.same();
                  });
            });
    try (var system = system(sampler)) {
      system.clock().tellAt(25, system.system(), "work");
      assertThat(system.runToQuiescence().outcome()).isEqualTo(Outcome.QUIESCENT);
      assertThat(log).containsExactly("sample@10", "sample@20", "work@25");
      assertThat(system.runUntil(40).outcome()).isEqualTo(Outcome.QUIESCENT);
      assertThat(log).hasSize(5).endsWith("sample@30", "sample@40");
    }
  }

  @Test
  void awaitDrivesUntilTheStageIsComplete() {
    try (var system = system(logging())) {
      CompletableFuture<Integer> answer = new CompletableFuture<>();
      Behavior<String> worker =
          Behaviors.receiveMessage(
              text -> {
                answer.complete(text.length());
                return Behaviors.same();
              });
      ActorRef<String> ref =
          system.system().systemActorOf(worker, "worker", akka.actor.typed.Props.empty());
      system.clock().tellAt(70, ref, "four");
      assertThat(system.await(answer)).isEqualTo(4);
      assertThat(system.nowNanos()).isEqualTo(70);
      assertThatIllegalStateException()
          .isThrownBy(() -> system.await(new CompletableFuture<>()))
          .withMessageContaining("QUIESCENT");
      assertThatThrownBy(
              () -> system.await(CompletableFuture.failedFuture(new RuntimeException("no"))))
          .isInstanceOf(CompletionException.class);
    }
  }

  @Test
  void closeStopsTheActorsWithinVirtualTime() {
    Behavior<String> guardian =
        Behaviors.receive(String.class)
            .onSignal(
                PostStop.class,
                stop -> {
                  log.add("stopped");
                  return Behaviors.same();
                })
            .build();
    VirtualSystem<String> system = system(guardian);
    system.runToQuiescence();
    system.close();
    assertThat(log).containsExactly("stopped");
    assertThat(system.system().whenTerminated().isCompleted()).isTrue();
  }

  @Test
  void aSystemWithoutDigestSaysSo() {
    try (var system = system(logging())) {
      assertThatIllegalStateException()
          .isThrownBy(system::digest)
          .withMessageContaining("withDigest(true)");
    }
  }
}
