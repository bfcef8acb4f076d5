package dev.ksgx.trace.bench;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import dev.ksgx.trace.export.Perfetto;
import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.log.LogWriter;
import dev.ksgx.trace.log.TraceEvents.Dictionary;
import dev.ksgx.trace.query.Chain;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a message costs, in nanoseconds: handled without and with a recorder (two actors that do
 * nothing but answer each other: the ratio is the worst there is), indexed, and exported for
 * Perfetto; and the ends of a chain of as many causes, once.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 3, time = 3)
@Threads(1)
@State(Scope.Benchmark)
public class TraceBenchmark {
  private static final int MESSAGES = 500_000;
  private static final int ACTORS = 1_000;
  private static final int ENDS = 30;

  private record Ball(ActorRef<Ball> from, int left) {}

  private Path folder;
  private Path log;
  private TraceStore store;

  @Setup
  public void write() throws IOException {
    folder = Files.createTempDirectory("ksgx-bench");
    log = folder.resolve("log");
    try (LogWriter to = new LogWriter(log, Long.MAX_VALUE)) {
      to.name(Dictionary.TYPE, 1, "Ball");
      to.name(Dictionary.FIELD, 1, "left");
      to.name(Dictionary.FIELD, 2, "task");
      for (int actor = 1; actor <= ACTORS; actor++) {
        to.name(Dictionary.ACTOR, actor, "/user/players/player-" + actor);
      }
      int[] names = {1, 2};
      long[] values = new long[2];
      for (int id = 1; id <= MESSAGES; id++) {
        values[0] = MESSAGES - id;
        values[1] = id % 64;
        int sender = id % ACTORS + 1;
        int receiver = (id + 1) % ACTORS + 1;
        long nanos = 300L * id;
        to.message(id, id - 1, 1 + id / 200, sender, receiver, nanos, nanos, 1, 0, 2, names, values);
      }
    }
    store = TraceStore.open(log, Progress.NONE);
  }

  @TearDown
  public void delete() throws IOException {
    store.close();
    for (String file : new String[] {"log", "log.sqlite", "recorded"}) {
      Files.deleteIfExists(folder.resolve(file));
    }
    Files.delete(folder);
  }

  private static Behavior<Ball> player() {
    return Behaviors.receive(
        (context, ball) -> {
          if (ball.left() > 0) {
            ball.from().tell(new Ball(context.getSelf(), ball.left() - 1));
          }
          return Behaviors.same();
        });
  }

  private static Behavior<Void> game() {
    return Behaviors.setup(
        context -> {
          ActorRef<Ball> one = context.spawn(player(), "one");
          context.spawn(player(), "other").tell(new Ball(one, MESSAGES));
          return Behaviors.empty();
        });
  }

  private static long play(VirtualOptions options) {
    try (var system = VirtualSystem.create(game(), "bench", options)) {
      system.runToQuiescence().orThrow();
      return system.system().startTime();
    }
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long handled() {
    return play(VirtualOptions.seed(7));
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long recorded() throws IOException {
    Path file = folder.resolve("recorded");
    try (TraceRecorder recorder = TraceRecorder.to(file, TraceOptions.everything())) {
      return play(VirtualOptions.seed(7).withSink(recorder));
    }
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long indexed() throws IOException {
    Files.delete(folder.resolve("log.sqlite"));
    try (TraceStore built = TraceStore.open(log, Progress.NONE)) {
      return built.notes().size();
    }
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void exported() throws IOException {
    Perfetto.write(store, Selection.ALL, Perfetto.Flows.LAUNCH, Writer.nullWriter());
  }

  @Benchmark
  public Chain endsOfAChain() {
    return new Messages(store).chain(MESSAGES, ENDS);
  }
}
