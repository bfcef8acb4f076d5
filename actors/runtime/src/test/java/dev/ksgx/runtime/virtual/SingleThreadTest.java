package dev.ksgx.runtime.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Whatever would bring a second thread into a virtual system is driven, or refused by name. */
class SingleThreadTest {
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
}
