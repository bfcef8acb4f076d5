package dev.ksgx.runtime.bench;

import akka.actor.typed.Behavior;
import dev.ksgx.runtime.theory.Queueing;
import dev.ksgx.runtime.theory.WaitSink;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Customers per second through M/M/1 and M/M/4, 1,000,000 customers a run: actors on the runtime, with
 * and without digest, beside the process-free event scheduling of SSJ. Start and end of the actor system
 * are part of the run.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 2, jvmArgs = "-Xmx3g")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Threads(1)
@State(Scope.Benchmark)
public class QueueBenchmark {
  private static final int CUSTOMERS = 1_000_000;

  @Param({"1", "4"})
  public int servers;

  private double run(boolean digest) {
    double[] sum = new double[1];
    WaitSink waits = nanos -> sum[0] += nanos;
    Behavior<Void> model =
        servers == 1
            ? Queueing.singleServer(CUSTOMERS, waits)
            : Queueing.manyServers(servers, CUSTOMERS, waits);
    try (var system =
        VirtualSystem.create(model, "bench", VirtualOptions.seed(7).withDigest(digest))) {
      system.runToQuiescence().orThrow();
    }
    return sum[0];
  }

  @Benchmark
  @OperationsPerInvocation(CUSTOMERS)
  public double actors() {
    return run(false);
  }

  @Benchmark
  @OperationsPerInvocation(CUSTOMERS)
  public double actorsWithDigest() {
    return run(true);
  }

  @Benchmark
  @OperationsPerInvocation(CUSTOMERS)
  public double ssj() {
    return new SsjQueue(servers, CUSTOMERS, 7).run();
  }
}
