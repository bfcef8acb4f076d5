package dev.ksgx.trace.record;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.runtime.LiveSystem;
import dev.ksgx.runtime.record.Recorder;
import dev.ksgx.runtime.record.RecordingMailbox;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import dev.ksgx.trace.query.Filter;
import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace in virtual and live time, and what a system without one has of it. */
class ModesTest {
  @TempDir Path folder;

  private static Behavior<Integer> countdown() {
    return Behaviors.setup(
        context -> {
          ActorRef<Integer> self = context.getSelf();
          return Behaviors.receiveMessage(
              left -> {
                if (left > 0) {
                  self.tell(left - 1);
                }
                return left == 0 ? Behaviors.stopped() : Behaviors.same();
              });
        });
  }

  private static VirtualSystem<Integer> system(VirtualOptions options) {
    VirtualSystem<Integer> system =
        VirtualSystem.create(countdown(), "countdown", options.withDigest(true));
    system.tell(50);
    system.runToQuiescence().orThrow();
    return system;
  }

  private static String dispatcher(VirtualSystem<Integer> system) {
    return system
        .system()
        .dispatchers()
        .lookup(DispatcherSelector.defaultDispatcher())
        .getClass()
        .getName();
  }

  @Test
  void aSystemWithoutATraceIsAsIfThereWereNoneAndItsDigestIsTheSame() throws Exception {
    try (TraceRecorder recorder = TraceRecorder.to(folder.resolve("t"), TraceOptions.everything());
        var traced = system(VirtualOptions.seed(1).withSink(recorder));
        var plain = system(VirtualOptions.seed(1))) {
      assertThat(dispatcher(plain)).isEqualTo("akka.dispatch.Dispatcher");
      assertThat(dispatcher(traced)).isNotEqualTo("akka.dispatch.Dispatcher");
      assertThat(traced.digest()).isEqualTo(plain.digest());
    }
  }

  @Test
  void aLiveSystemIsTracedToo() throws Exception {
    Path file = folder.resolve("live");
    try (TraceRecorder recorder = TraceRecorder.to(file, TraceOptions.everything())) {
      CompletableFuture<Void> go = new CompletableFuture<>();
      ActorSystem<Integer> system =
          LiveSystem.create(
              Behaviors.setup(
                  context -> {
                    go.get(60, TimeUnit.SECONDS);
                    return countdown();
                  }),
              "live",
              1,
              ConfigFactory.parseString(
                  "akka.actor.typed.default-mailbox.mailbox-type = \""
                      + RecordingMailbox.class.getName()
                      + "\""));
      Recorder.get(system).addSink(recorder);
      system.tell(20);
      go.complete(null);
      system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      List<Message> numbers =
          new Messages(store).list(new Filter(null, "Integer", null, Map.of(), null, null), 99);
      assertThat(numbers).hasSize(21);
      long caused =
          numbers.stream()
              .filter(m -> numbers.stream().anyMatch(cause -> cause.id() == m.cause()))
              .count();
      assertThat(caused).as("each but the first by the one before").isEqualTo(20);
    }
  }
}
