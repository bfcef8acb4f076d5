package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.embed.SgxEnclave;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A kernel that a program embeds is traced as a run is, and its launches are asked for by number.
 */
class EmbeddedTraceTest {
  private static final int THREADS = 8;
  private static final int LAUNCHES_A_THREAD = 25;
  private static final int LAUNCHES_A_PROCESS = 5;
  private static final SignedEnclave ENCLAVE = SampleEnclaves.tiny();

  @TempDir Path folder;

  @Test
  void launchesOfASimulatedKernelAreNumberedAndLastAsLongAsTheirCaller() throws Exception {
    Path file = folder.resolve("simulated.trace");
    long[] tookNanos = new long[3];
    try (TraceRecorder recorder = TraceRecorder.to(file, TraceOptions.everything());
        var kernel =
            SgxKernel.simulated(
                KernelConfig.preset(Preset.V5), VirtualOptions.seed(7).withSink(recorder))) {
      SgxProcess process = kernel.process();
      for (int i = 0; i < tookNanos.length; i++) {
        long before = kernel.nowNanos();
        process.launch(ENCLAVE);
        tookNanos[i] = kernel.nowNanos() - before;
      }
    }
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      assertThat(TraceInvariants.timesHold(store)).isEqualTo(tookNanos.length);
      for (int i = 0; i < tookNanos.length; i++) {
        Request launch = new Requests(store).numbered(i + 1).orElseThrow();
        assertThat(launch.name()).isEqualTo("launch " + (i + 1));
        assertThat(launch.latencyNanos()).isEqualTo(tookNanos[i]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void launchesOfALiveKernelAddUpWhoeverRunsBesideThem(Preset preset) throws Exception {
    Path file = folder.resolve("live.trace");
    Config traced =
        ConfigFactory.parseString(
            "include classpath(\"ksgx-trace-live.conf\")\nksgx.trace.file = \"" + file + "\"");
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (SgxKernel kernel = SgxKernel.start(KernelConfig.preset(preset), traced)) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        clients.add(threads.submit(() -> launch(kernel)));
      }
      for (Future<?> client : clients) {
        client.get(60, TimeUnit.SECONDS);
      }
      kernel.exitAll();
    } finally {
      threads.shutdownNow();
    }
    try (TraceStore store = TraceStore.open(file, Progress.NONE)) {
      assertThat(store.notes()).containsEntry("ended", "yes").containsEntry("dropped", "0");
      int launched = THREADS * LAUNCHES_A_THREAD;
      assertThat(TraceInvariants.timesHold(store))
          .as("launches, with those of the killed that began")
          .isBetween(launched, launched + launched / LAUNCHES_A_PROCESS);
      assertThat(
              store.list(
                  "select m.id from message m where m.cause <> 0 and not exists (select 1 from"
                      + " message c where c.id = m.cause and c.receiver = m.sender) limit 10",
                  row -> row.getLong(1)))
          .as("messages whose sender did not handle their cause")
          .isEmpty();
      assertThat(
              store.list(
                  "select distinct t.name from message m join type t on t.id = m.type"
                      + " where m.cause = 0 and m.origin = 0",
                  row -> row.getString(1)))
          .as("what comes from outside; notices of an end may overtake the mailbox")
          .contains("GuardianStartupBehavior$Start$", "Gateway$Submit")
          .isSubsetOf("GuardianStartupBehavior$Start$", "Gateway$Submit", "Terminated");
      assertThat(
              store.list(
                  "select distinct s.request from span s where not exists (select 1 from request q"
                      + " where q.id = s.request and q.ended >= s.stop) limit 10",
                  row -> row.getLong(1)))
          .as("requests that nobody ended")
          .isEmpty();
    }
  }

  /** One process after the other; each is killed while it launches once more. */
  private static void launch(SgxKernel kernel) {
    for (int i = 0; i < LAUNCHES_A_THREAD / LAUNCHES_A_PROCESS; i++) {
      SgxProcess process = kernel.process();
      for (int j = 0; j < LAUNCHES_A_PROCESS; j++) {
        try (SgxEnclave enclave = process.launch(ENCLAVE)) {
          assertThat(enclave.base()).isPositive();
        }
      }
      process.async().launch(ENCLAVE);
      process.kill();
    }
  }
}
