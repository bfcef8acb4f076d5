package dev.ksgx.runtime.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

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
  void aForeignThreadThatReachesInEndsTheRunAndIsNamed() throws Exception {
    try (var system = system(logging())) {
      system.runToQuiescence();
      Thread intruder = new Thread(() -> system.tell("hello"), "intruder");
      intruder.start();
      intruder.join();
      RunResult result = system.runToQuiescence();
      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.failure().actor()).isEqualTo("thread intruder");
      assertThat(result.failure().cause()).hasMessageContaining("determinism is lost");
    }
  }

  @Test
  void aForeignThreadThatSetsATimerIsRefused() throws Exception {
    try (var system = system(logging())) {
      AtomicReference<Throwable> refused = new AtomicReference<>();
      Thread intruder =
          new Thread(() -> system.clock().tellAt(5, system.system(), "hello"), "intruder");
      intruder.setUncaughtExceptionHandler((thread, error) -> refused.set(error));
      intruder.start();
      intruder.join();
      assertThat(refused.get()).hasMessageContaining("thread intruder reached into");
      assertThat(system.runToQuiescence().outcome()).isEqualTo(Outcome.FAILED);
    }
  }

  @Test
  void afterCloseAForeignThreadIsIgnored() throws Exception {
    VirtualSystem<String> system = system(logging());
    system.runToQuiescence();
    system.close();
    AtomicReference<Throwable> refused = new AtomicReference<>();
    Thread late = new Thread(() -> system.tell("hello"), "late");
    late.setUncaughtExceptionHandler((thread, error) -> refused.set(error));
    late.start();
    late.join();
    assertThat(refused.get()).isNull();
    assertThatIllegalStateException().isThrownBy(system::runToQuiescence);
    system.close();
  }

  @Test
  void onlyTheThreadThatMadeASystemDrivesIt() throws Exception {
    try (var system = system(logging())) {
      AtomicReference<Throwable> refused = new AtomicReference<>();
      Thread other = new Thread(system::runToQuiescence, "other");
      other.setUncaughtExceptionHandler((thread, error) -> refused.set(error));
      other.start();
      other.join();
      assertThat(refused.get()).hasMessageContaining("driven by the thread that made it");
      assertThat(system.runToQuiescence().outcome()).isEqualTo(Outcome.QUIESCENT);
    }
  }

  @Test
  void anActorCannotDriveItsOwnSystem() {
    AtomicReference<VirtualSystem<String>> self = new AtomicReference<>();
    Behavior<String> bold =
        Behaviors.receiveMessage(
            text -> {
              self.get().runToQuiescence();
              return Behaviors.same();
            });
    try (var system = system(bold)) {
      self.set(system);
      system.tell("go");
      RunResult result = system.runToQuiescence();
      assertThat(result.failure().cause()).hasMessage("cannot drive the system from inside /user");
    }
  }

  @Test
  void blockingInAnActorIsAFailureThatNamesIt() {
    Behavior<String> blocker =
        Behaviors.receiveMessage(
            text -> {
              scala.concurrent.Await.result(
                  scala.concurrent.Promise$.MODULE$.<String>apply().future(),
                  scala.concurrent.duration.Duration.create(1, "s"));
              return Behaviors.same();
            });
    try (var system = system(blocker)) {
      system.tell("go");
      RunResult result = system.runToQuiescence();
      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.failure().cause()).hasMessage("blocking call inside actor /user");
    }
  }

  @Test
  void dispatchersOfTheUserAreDrivenInVirtualTimeToo() {
    Config config =
        ConfigFactory.parseString(
            "my.pinned { type = PinnedDispatcher, executor = thread-pool-executor }\n"
                + "my.pool { type = Dispatcher, executor = fork-join-executor, throughput = 99 }");
    Behavior<String> guardian =
        Behaviors.setup(
            context -> {
              Behavior<String> child =
                  Behaviors.receiveMessage(
                      text -> {
                        log.add(text + " on " + Thread.currentThread().getName());
                        return Behaviors.same();
                      });
              context.spawn(child, "a", DispatcherSelector.fromConfig("my.pinned")).tell("pinned");
              context.spawn(child, "b", DispatcherSelector.fromConfig("my.pool")).tell("pool");
              context.spawn(child, "c", DispatcherSelector.blocking()).tell("blocking");
              return Behaviors.empty();
            });
    String thread = Thread.currentThread().getName();
    try (var system =
        VirtualSystem.create(guardian, "test", VirtualOptions.seed(1).withConfig(config))) {
      assertThat(system.runToQuiescence().outcome()).isEqualTo(Outcome.QUIESCENT);
      assertThat(log)
          .containsExactly("pinned on " + thread, "pool on " + thread, "blocking on " + thread);
    }
  }

  @Test
  void aDispatcherThatCannotBeDrivenIsRefusedByName() {
    Config config =
        ConfigFactory.parseString(
            "my.own { type = \"com.example.Mine\", executor = fork-join-executor }");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                VirtualSystem.create(logging(), "test", VirtualOptions.seed(1).withConfig(config)))
        .withMessageContaining("dispatcher my.own has type com.example.Mine");
  }

  @Test
  void theSchedulerCannotBeConfiguredByHand() {
    Config config =
        ConfigFactory.parseString(
                "akka.scheduler.implementation = \"" + VirtualScheduler.class.getName() + "\"")
            .withFallback(ConfigFactory.load());
    assertThatThrownBy(() -> akka.actor.typed.ActorSystem.create(Behaviors.empty(), "hand", config))
        .hasStackTraceContaining("not made by VirtualSystem.create");
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
  void noThreadIsStartedForAVirtualSystem() {
    java.util.Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (var system = system(logging())) {
      system.tell("x");
      system.runToQuiescence();
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> !before.contains(thread))
          .extracting(Thread::getName)
          .noneMatch(name -> name.startsWith("test-"));
    }
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
