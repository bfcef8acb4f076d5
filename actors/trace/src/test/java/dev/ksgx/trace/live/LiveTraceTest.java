package dev.ksgx.trace.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.runtime.LiveSystem;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.probe.State;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Filter;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Part;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.query.StateChange;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live systems that are recorded because their configuration says so. */
class LiveTraceTest {
  @TempDir Path folder;

  private Config config(Path file, String more) {
    return ConfigFactory.parseString("ksgx.trace.file = \"" + file + "\"\n" + more)
        .withFallback(ConfigFactory.parseResources("live-application.conf"))
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  /** Has a child that says something at its start, at a timer of the clock and at its end. */
  private static Behavior<String> parent() {
    return Behaviors.setup(
        context -> {
          context.watch(context.spawn(child(context.getSelf()), "child"));
          return Behaviors.receive(String.class)
              .onAnyMessage(text -> Behaviors.same())
              .onSignal(Terminated.class, ended -> Behaviors.stopped())
              .build();
        });
  }

  private static Behavior<String> child(ActorRef<String> parent) {
    return Behaviors.setup(
        context -> {
          parent.tell("started");
          RuntimeExtension.get(context.getSystem())
              .clock()
              .tellAfter(1_000_000, context.getSelf(), "tick");
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
  }

  private List<Message> recorded(Path file) throws IOException {
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      assertThat(store.notes()).containsEntry("ended", "yes");
      return new Messages(store).list(new Filter(null, null, null, Map.of(), null, null), 1000);
    }
  }

  private static String chain(List<Message> messages, Message last) {
    StringBuilder chain = new StringBuilder();
    for (Message next = last; next != null; ) {
      chain.append(next.type()).append(' ');
      long cause = next.cause();
      next = messages.stream().filter(m -> m.id() == cause).findAny().orElse(null);
    }
    return chain.toString().trim();
  }

  @Test
  void startsTimersAndEndsHaveTheirCausesInALiveSystemToo() throws Exception {
    Path file = folder.resolve("live");
    ActorSystem<String> system = LiveSystem.create(parent(), "live", 1, config(file, ""));
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    List<Message> messages = recorded(file);
    List<String> ofChild =
        messages.stream()
            .filter(m -> "/user/child".equals(m.sender()) && m.type().equals("String"))
            .map(m -> chain(messages, m))
            .toList();
    String start = "GuardianStartupBehavior$Start$";
    assertThat(ofChild)
        .as("started, the tick that it sends itself, ticked, and stopped if it was still heard")
        .hasSizeBetween(3, 4)
        .contains(
            "String akka:Create " + start, // started, and the tick
            "String String akka:Create " + start);
    assertThat(chain(messages, last(messages, "akka:DeathWatchNotification")))
        .contains("akka:Create " + start);
    assertThat(messages)
        .filteredOn(m -> m.cause() != 0)
        .allSatisfy(
            m ->
                assertThat(messages)
                    .as("the cause of %s", m)
                    .anyMatch(c -> c.id() == m.cause() && c.receiver().equals(m.sender())));
  }

  private static Message last(List<Message> messages, String type) {
    return messages.stream().filter(m -> m.type().equals(type)).reduce((a, b) -> b).orElseThrow();
  }

  /**
   * Each kind of timer that Akka has, set by the message "set"; ticks until all have come twice.
   */
  private static Behavior<String> timed() {
    Map<String, Integer> ticks = new HashMap<>();
    return Behaviors.withTimers(
        timers ->
            Behaviors.receiveMessage(
                text -> {
                  if (text.equals("set")) {
                    timers.startSingleTimer("once", Duration.ofMillis(1));
                    timers.startTimerAtFixedRate("rate", Duration.ofMillis(1));
                    timers.startTimerWithFixedDelay("delay", Duration.ofMillis(1));
                    return Behaviors.same();
                  }
                  ticks.merge(text, 1, Integer::sum);
                  boolean all =
                      ticks.containsKey("once")
                          && ticks.getOrDefault("rate", 0) > 1
                          && ticks.getOrDefault("delay", 0) > 1;
                  return all ? Behaviors.stopped() : Behaviors.same();
                }));
  }

  /** Threads count their own messages; a reader gets them in the order they were handled in. */
  @Test
  void messagesOfALiveSystemAreNumberedInTheOrderOfTheirHandling() throws Exception {
    Path file = folder.resolve("live");
    ActorSystem<String> system = LiveSystem.create(parent(), "live", 1, config(file, ""));
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    List<Message> messages = recorded(file);
    assertThat(messages)
        .extracting(Message::id)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, messages.size()).boxed().toList());
    assertThat(messages).isSortedAccordingTo(Comparator.comparingLong(Message::handled));
    assertThat(messages).allSatisfy(m -> assertThat(m.cause()).isLessThan(m.id()));
  }

  @Test
  void everyTickOfATimerOfAkkasOwnIsCausedByTheMessageThatSetIt() throws Exception {
    Path file = folder.resolve("live");
    ActorSystem<String> system = LiveSystem.create(timed(), "live", 1, config(file, ""));
    system.tell("set");
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    List<Message> messages = recorded(file);
    Message set =
        messages.stream().filter(m -> m.type().equals("String")).findFirst().orElseThrow();
    assertThat(messages)
        .filteredOn(m -> m.type().contains("TimerMsg"))
        .hasSizeGreaterThanOrEqualTo(5)
        .allSatisfy(m -> assertThat(m.cause()).isEqualTo(set.id()))
        .allSatisfy(m -> assertThat(m.sender()).isEqualTo("/user"));
  }

  /** Dispatchers end by a task that the scheduler runs when it is closed. */
  @Test
  void noThreadOfARecordedSystemOutlivesIt() throws Exception {
    Path file = folder.resolve("live");
    ActorSystem<String> system = LiveSystem.create(timed(), "mortal", 1, config(file, ""));
    system.tell("set");
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("mortal-")) {
        thread.join(60_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }

  /** Request 7 is served by the parent, and by its child when that gets the message. */
  private static Behavior<String> relay() {
    return Behaviors.setup(
        context -> {
          RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
          Probe probe = runtime.probe();
          Resource first = probe.resource("first", 1);
          Resource second = probe.resource("second", 1);
          State life = probe.state("life");
          ActorRef<ActorRef<String>> child =
              context.spawn(
                  Behaviors.receiveMessage(
                      parent -> {
                        second.acquired(1, 7);
                        probe.serving(7, second);
                        probe.mark(7, "half");
                        second.released(1);
                        probe.done(7);
                        parent.tell("done");
                        return Behaviors.same();
                      }),
                  "child");
          return Behaviors.receiveMessage(
              text -> {
                life.set(text);
                if (text.equals("done")) {
                  return Behaviors.stopped();
                }
                probe.begun(7, "job", 1, runtime.clock().nowNanos());
                probe.serving(7, first);
                child.tell(context.getSelf());
                return Behaviors.same();
              });
        });
  }

  @Test
  void whatTheProbeKnowsOfALiveSystemIsRecordedAndSumsToTheLatency() throws Exception {
    Path file = folder.resolve("live");
    ActorSystem<String> system = LiveSystem.create(relay(), "live", 1, config(file, ""));
    system.tell("go");
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      Request job = new Requests(store).find(7).orElseThrow();
      List<Part> path = new Blame(store).path(job);
      assertThat(path.stream().mapToLong(Part::nanos).sum()).isEqualTo(job.latencyNanos());
      assertThat(path)
          .filteredOn(part -> part.kind() == Part.Kind.SERVE)
          .extracting(Part::resource)
          .containsExactly("first", "second");
      assertThat(job.name()).isEqualTo("job 1");
      assertThat(StateChange.list(store, "/user", "life", null, 0, Long.MAX_VALUE, 9))
          .extracting(StateChange::value)
          .containsExactly("go", "done");
    }
  }

  /** A callback that runs on the dispatcher after the actor's message acts for nobody. */
  @Test
  void aThreadThatHasRunAnActorActsForNobody() throws Exception {
    Path file = folder.resolve("live");
    String oneThread =
        "akka.actor.default-dispatcher { throughput = 1, executor = thread-pool-executor\n"
            + "thread-pool-executor.fixed-pool-size = 1 }";
    CompletableFuture<ActorRef<String>> own = new CompletableFuture<>();
    ActorSystem<String> system =
        LiveSystem.create(
            Behaviors.setup(
                context -> {
                  own.complete(context.getSelf());
                  return Behaviors.receiveMessage(
                      text -> text.equals("end") ? Behaviors.stopped() : Behaviors.same());
                }),
            "live",
            1,
            config(file, oneThread));
    ActorRef<String> self = own.get(60, TimeUnit.SECONDS);
    self.tell("first");
    system.executionContext().execute(() -> self.tell("end"));
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(recorded(file))
        .filteredOn(m -> m.type().equals("String"))
        .hasSize(2)
        .allSatisfy(m -> assertThat(m.cause()).isZero());
  }

  @Test
  void aFailureNamesTheMessageThatItsActorCouldNotHandle() throws Exception {
    Path file = folder.resolve("live");
    ActorSystem<String> system =
        LiveSystem.create(
            Behaviors.receiveMessage(
                text -> {
                  throw new IllegalStateException(text);
                }),
            "live",
            1,
            config(file, ""));
    system.tell("as asked");
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    List<Message> messages = recorded(file);
    Message failure = last(messages, "akka:threw IllegalStateException");
    assertThat(failure.receiver()).isEqualTo("/user");
    assertThat(chain(messages, failure)).isEqualTo("akka:threw IllegalStateException String");
  }

  @Test
  void onlyWhatIsAskedForIsRecorded() throws Exception {
    Path file = folder.resolve("live");
    ActorSystem<String> system =
        LiveSystem.create(parent(), "live", 1, config(file, "ksgx.trace.only = [\"type=Create\"]"));
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(recorded(file))
        .extracting(Message::type, Message::receiver)
        .contains(org.assertj.core.groups.Tuple.tuple("akka:Create", "/user/child"))
        .allSatisfy(pair -> assertThat(pair.toList().get(0)).isEqualTo("akka:Create"));
  }

  @Test
  void withoutAFileNothingIsRecordedAndAVirtualSystemIsLeftAlone() throws Exception {
    Path file = folder.resolve("none");
    ActorSystem<String> system =
        LiveSystem.create(parent(), "live", 1, config(file, "ksgx.trace.file = \"\""));
    assertThat(LiveTrace.Id.getInstance().createExtension(system).messages()).isZero();
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    try (var virtual =
        VirtualSystem.create(
            Behaviors.<String>empty(),
            "virtual",
            VirtualOptions.seed(1)
                .withConfig(
                    ConfigFactory.parseString(
                        "ksgx.trace.file = \""
                            + file
                            + "\"\nakka.actor.typed.extensions = [\""
                            + LiveTrace.Id.class.getName()
                            + "\"]")))) {
      virtual.runToQuiescence().orThrow();
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void whatCannotBeRecordedEndsTheStartWithTheKey() {
    assertThatThrownBy(() -> LiveTrace.options(config(folder, "ksgx.trace.only = [\"enclave=3\"]")))
        .hasMessageContaining("ksgx.trace")
        .hasMessageContaining("enclave=3: no such condition");
    assertThatThrownBy(() -> LiveTrace.options(config(folder, "ksgx.trace.detail = ALL")))
        .hasMessageContaining("detail");
    assertThatThrownBy(
            () ->
                LiveSystem.create(
                    parent(), "live", 1, config(folder.resolve("no/such/folder"), "")))
        .hasStackTraceContaining("ksgx.trace.file = ");
  }
}
