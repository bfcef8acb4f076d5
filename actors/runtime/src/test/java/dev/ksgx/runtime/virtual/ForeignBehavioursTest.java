package dev.ksgx.runtime.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.clock.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The measures are process-wide and need a fresh common pool, so each run has a JVM of its own. */
class ForeignBehavioursTest {

  /** Asks one that answers and one that does not, uses an async future, restarts with jitter. */
  static Behavior<String> asker(Consumer<String> out) {
    return Behaviors.setup(
        context -> {
          Clock clock = RuntimeExtension.get(context.getSystem()).clock();
          Behavior<ActorRef<String>> answering =
              Behaviors.receiveMessage(
                  replyTo -> {
                    replyTo.tell("yes");
                    return Behaviors.same();
                  });
          Behavior<ActorRef<String>> silent = Behaviors.receiveMessage(any -> Behaviors.same());
          for (var other :
              List.of(context.spawn(answering, "answering"), context.spawn(silent, "silent"))) {
            context.ask(
                String.class,
                other,
                Duration.ofMillis(30),
                (ActorRef<String> replyTo) -> replyTo,
                (reply, failure) -> other.path().name() + " " + reply);
          }
          context.pipeToSelf(
              CompletableFuture.supplyAsync(() -> Thread.currentThread().getName()),
              (thread, failure) -> "async on " + thread);
          Behavior<String> flaky =
              Behaviors.setup(
                  child -> {
                    context.getSelf().tell("started");
                    return Behaviors.receiveMessage(
                        text -> {
                          throw new IllegalStateException(text);
                        });
                  });
          context
              .spawn(
                  Behaviors.supervise(flaky)
                      .onFailure(
                          SupervisorStrategy.restartWithBackoff(
                                  Duration.ofMillis(100), Duration.ofSeconds(1), 0.9)
                              .withLoggingEnabled(false)),
                  "flaky")
              .tell("boom");
          return Behaviors.receiveMessage(
              text -> {
                out.accept(text + " @" + clock.nowNanos());
                return Behaviors.same();
              });
        });
  }

  /** Entry point of the JVMs that the test starts. */
  static final class Main {
    public static void main(String[] arguments) {
      VirtualOptions options =
          VirtualOptions.seed(Long.parseLong(arguments[0]))
              .withDigest(true)
              .withForeignBehaviours(true);
      try (var system = VirtualSystem.create(asker(System.out::println), "ask", options)) {
        System.out.println(system.runToQuiescence().outcome());
        System.out.println(system.digest());
      }
    }
  }

  private static String run(long seed) throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
                    + CommonPoolThreads.class.getName(),
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(jvm.getInputStream().readAllBytes());
    assertThat(jvm.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void askAsyncFuturesAndJitterAreRepeatableUnderTheMeasures() throws Exception {
    String first = run(5);
    assertThat(first.lines())
        .contains("answering yes @0", "silent null @30000000", "async on main @0", "QUIESCENT");
    assertThat(run(5)).isEqualTo(first);
    assertThat(run(6)).as("the jitter follows the seed").isNotEqualTo(first);
  }

  @Test
  void withoutTheFlagsTheOptionIsRefusedWithWhatIsMissing() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                VirtualSystem.create(
                    asker(text -> {}), "ask", VirtualOptions.seed(1).withForeignBehaviours(true)))
        .withMessageContaining("common.threadFactory=" + CommonPoolThreads.class.getName());
  }
}
