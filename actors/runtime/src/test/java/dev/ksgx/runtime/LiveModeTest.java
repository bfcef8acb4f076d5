package dev.ksgx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.runtime.failure.Failure;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.random.RandomStreams;
import dev.ksgx.runtime.record.Recorder;
import dev.ksgx.runtime.record.RecordingMailbox;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LiveModeTest {

  @Test
  void theSameExtensionServesALiveSystem() {
    ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("ksgx.runtime.seed = 77"));
    try {
      RuntimeExtension runtime = RuntimeExtension.get(kit.system());
      TestProbe<String> probe = kit.createTestProbe();
      long before = runtime.clock().nowNanos();
      long due = before + 50_000_000;
      runtime.clock().tellAt(due, probe.ref(), "tick");
      runtime.clock().tellAfterDaemon(200_000_000, probe.ref(), "late").cancel();
      assertThat(probe.receiveMessage(Duration.ofSeconds(60))).isEqualTo("tick");
      assertThat(runtime.clock().nowNanos()).isGreaterThanOrEqualTo(due);
      probe.expectNoMessage(Duration.ofMillis(300));
      assertThat(runtime.random().stream("a").nextLong())
          .isEqualTo(new RandomStreams(77).stream("a").nextLong());
      assertThat(runtime.probe()).isSameAs(Probe.off());
      assertThat(RuntimeExtension.get(kit.system())).isSameAs(runtime);
    } finally {
      kit.shutdownTestKit();
    }
  }

  private static Behavior<String> failing(int depth) {
    return Behaviors.setup(
        context -> {
          if (depth == 0) {
            return Behaviors.receiveMessage(
                text -> {
                  throw new IllegalArgumentException("cannot do " + text);
                });
          }
          ActorRef<String> child = Children.spawn(context, failing(depth - 1), "child");
          return Behaviors.receiveMessage(
              text -> {
                child.tell(text);
                return Behaviors.same();
              });
        });
  }

  @Test
  void aFailureDeepInALiveSystemIsNamedAndEndsTheSystem() throws Exception {
    ActorSystem<String> system = LiveSystem.create(failing(2), "live", 1);
    system.tell("this");
    Failure failure =
        RuntimeExtension.get(system).failure().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(failure.actor()).isEqualTo("/user/child/child");
    assertThat(failure.cause()).hasMessage("cannot do this");
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void aFailureOfTheGuardianItselfIsNamedToo() throws Exception {
    ActorSystem<String> system = LiveSystem.create(failing(0), "live", 1);
    system.tell("that");
    Failure failure =
        RuntimeExtension.get(system).failure().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(failure.actor()).isEqualTo("/user");
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void theRecordingMailboxKnowsCausesInLiveModeToo() {
    ActorTestKit kit =
        ActorTestKit.create(
            ConfigFactory.parseString(
                "akka.actor.typed.default-mailbox.mailbox-type = \""
                    + RecordingMailbox.class.getName()
                    + "\""));
    try {
      List<String> heard = new CopyOnWriteArrayList<>();
      List<Long> ids = new CopyOnWriteArrayList<>();
      Recorder.get(kit.system())
          .addSink(
              (id, cause, sender, receiver, sent, delivered, message) -> {
                if (message.equals("relayed") || message.equals("start")) {
                  ids.add(message.equals("start") ? id : cause);
                  heard.add(message + (sender == null ? "" : " from " + sender.path()));
                }
              });
      TestProbe<String> probe = kit.createTestProbe();
      probe.ref().tell("started");
      probe.expectMessage("started");
      ActorRef<String> relay =
          kit.spawn(
              Behaviors.receiveMessage(
                  text -> {
                    probe.ref().tell("relayed");
                    return Behaviors.same();
                  }),
              "relay");
      relay.tell("start");
      probe.expectMessage("relayed");
      assertThat(heard).hasSize(2);
      assertThat(heard.get(0)).isEqualTo("start");
      assertThat(heard.get(1)).startsWith("relayed from ").endsWith("/relay");
      assertThat(ids.get(1)).as("the cause of the relay is the start").isEqualTo(ids.get(0));
    } finally {
      kit.shutdownTestKit();
    }
  }

  /** With the SLF4J that Akka asks for, Logback stays silent without a word. */
  @Test
  void aWarningOfAnActorReachesALogbackAppender() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.list = new CopyOnWriteArrayList<>();
    appender.start();
    root.addAppender(appender);
    ActorTestKit kit = ActorTestKit.create();
    try {
      TestProbe<String> probe = kit.createTestProbe();
      kit.spawn(
              Behaviors.<String>setup(
                  context ->
                      Behaviors.receiveMessage(
                          text -> {
                            context.getLog().warn("heard {}", text);
                            probe.ref().tell("done");
                            return Behaviors.same();
                          })))
          .tell("you");
      probe.expectMessage("done");
      assertThat(appender.list)
          .anySatisfy(
              event -> {
                assertThat(event.getLevel()).isEqualTo(Level.WARN);
                assertThat(event.getFormattedMessage()).isEqualTo("heard you");
              });
    } finally {
      kit.shutdownTestKit();
      root.detachAppender(appender);
    }
  }
}
