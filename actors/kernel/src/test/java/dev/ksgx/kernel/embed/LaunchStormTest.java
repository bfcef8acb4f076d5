package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live mode under load: eight threads launch, enter and destroy enclaves in an EPC that is too
 * small for all of them, now and then with a SIGSTRUCT of another enclave, now and then killing a
 * process or the launch enclave under the others.
 */
class LaunchStormTest {
  private static final Logger LOG = LoggerFactory.getLogger(LaunchStormTest.class);
  private static final int THREADS = 8;

  /** Room for three of the large enclaves beside the launch enclave, not for four. */
  private static final int FRAMES = 320;

  private static final SignedEnclave SMALL = SampleEnclaves.tiny();
  private static final SignedEnclave LARGE = SampleEnclaves.seventyFivePages();

  /** What a launch may be refused with here though its process lives, by its phase. */
  private static final Set<String> EXPECTED =
      Set.of(
          "CREATE -ENOMEM", // no free frame
          "ADD -ENOMEM",
          "ADD -EINVAL", // the worker found no frame for an earlier page: the enclave is dead
          "INIT SGX_INVALID_MEASUREMENT", // so, or the SIGSTRUCT is of another enclave
          "INIT -ENOMEM", // the launch enclave died while it was waited for
          "INIT -EPIPE"); // it had died before it was written to

  private final StormWatch watch = new StormWatch();
  private final AtomicLong launched = new AtomicLong();
  private final Map<String, AtomicLong> refused = new ConcurrentSkipListMap<>();

  @Test
  void tenSecondsOfLaunchesBalanceTheBooks() throws Exception {
    storm(10);
  }

  @Test
  @Tag("soak")
  void aMinuteOfLaunchesBalancesTheBooks() throws Exception {
    storm(60);
  }

  private void storm(int seconds) throws Exception {
    MachineConfig machine = MachineConfig.builder().epcBytes(FRAMES * 4096L).build();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (SgxKernel kernel =
        SgxKernel.start(KernelConfig.preset(Preset.V5).withMachine(machine), StormWatch.MEASURED)) {
      AtomicReference<SgxProcess> shared = new AtomicReference<>(kernel.process());
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random choice = new Random(i);
        clients.add(threads.submit(() -> client(kernel, shared, choice)));
      }
      long elapsed =
          watch.watch(
              seconds, () -> launched.get() >= 100L * seconds && kernel.epc().peakUsed() == FRAMES);
      for (Future<?> client : clients) {
        client.get(60, TimeUnit.SECONDS);
      }
      kernel.exitAll();
      LOG.info("{} launches in {} s, refused: {}", launched, elapsed, refused);
      assertThat(refused.keySet())
          .allMatch(
              name ->
                  EXPECTED.contains(name)
                      || StormRefusals.OF_THE_KILLED.contains(name)
                      || StormRefusals.OUTSIDE.contains(name));
      assertThat(launched.get()).isGreaterThanOrEqualTo(100L * seconds);
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(FRAMES);
      assertThat(kernel.epc().peakUsed()).as("the EPC was exhausted").isEqualTo(FRAMES);
    } finally {
      threads.shutdownNow();
    }
  }

  private void client(SgxKernel kernel, AtomicReference<SgxProcess> shared, Random choice) {
    SgxProcess own = kernel.process();
    while (!watch.over()) {
      int what = choice.nextInt(1_000);
      if (what < 2) {
        kernel.faults().killLaunchEnclave();
      } else if (what < 12) {
        own.async().launch(LARGE).whenComplete(this::count);
        if (what % 2 == 0) {
          launchAndDestroy(shared.get(), what * 50); // the other launch is somewhere by then
        }
        own.kill();
        own = kernel.process();
      } else if (what < 14) {
        shared.getAndSet(kernel.process()).kill(); // while others launch in it
      } else if (what < 20) {
        own.close();
        own = kernel.process();
      } else {
        SgxProcess process = what % 2 == 0 ? own : shared.get();
        launchAndDestroy(process, what);
      }
    }
    own.close();
  }

  private void launchAndDestroy(SgxProcess process, int what) {
    SignedEnclave enclave =
        what < 40
            ? new SignedEnclave(SMALL.image(), LARGE.sigStruct())
            : what < 240 ? LARGE : SMALL;
    try (SgxEnclave launchedOne = process.launch(enclave)) {
      launched.incrementAndGet();
      Bytes left = launchedOne.enter(() -> previous -> new EnclaveStep.Exit(Bytes.fromHex("5a")));
      assertThat(left.u8(0)).isEqualTo(0x5a);
      assertThat(launchedOne.loadFromOutside(launchedOne.base(), 1).u8(0)).isEqualTo(0xff);
    } catch (SgxException e) {
      count(null, e);
    }
  }

  private void count(AsyncEnclave enclave, Throwable failure) {
    if (failure == null) {
      return;
    }
    Throwable refusal = failure instanceof SgxException ? failure : failure.getCause();
    SgxException why = (SgxException) refusal;
    refused.computeIfAbsent(StormRefusals.name(why), unused -> new AtomicLong()).incrementAndGet();
    if (why.errno() == Errno.EINVAL) {
      assertThat(why.check()).contains("the enclave is dead");
    }
  }
}
