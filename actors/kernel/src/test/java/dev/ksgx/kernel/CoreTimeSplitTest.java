package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What a core did for a launch, by label and to the cycle, as the probe is told. */
class CoreTimeSplitTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();
  private static final int PAGES = TINY.image().pages().size();

  private static KernelConfig config(LaunchDesign design) {
    KernelConfig config = KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
    return config
        .withLaunch(design)
        .withAdd(AddMode.SYNCHRONOUS)
        .withMachine(MachineConfig.builder().processors(1).build())
        .withInterrupts(0, 0)
        .withCosts(config.costs().jitter(0))
        .withGhz(1);
  }

  private static Map<String, Long> listenTo(Rig rig) {
    Map<String, Long> spent = new TreeMap<>();
    rig.system()
        .probe()
        .addListener(
            new ProbeListener() {
              @Override
              public void spent(long request, Resource resource, String label, long nanos) {
                assertThat(resource.group()).isEqualTo("core");
                spent.merge(label, nanos, Long::sum);
              }
            });
    return spent;
  }

  private static long cycles(KernelConfig config, Cost cost) {
    return config.costs().inCyclesAt(config.ghz()).cycles(cost);
  }

  @Test
  void leavesAndWritesOfADirectLaunchAreToldByWhatTheyCost() {
    KernelConfig config = config(LaunchDesign.direct(MsrPolicy.ALWAYS));
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      Map<String, Long> spent = listenTo(rig);
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      assertThat(spent)
          .containsEntry("einit", cycles(config, Cost.EINIT))
          .containsEntry("wrmsr", 4 * cycles(config, Cost.WRMSR))
          .containsEntry("ecreate", cycles(config, Cost.ECREATE))
          .containsEntry("eadd", PAGES * cycles(config, Cost.EADD))
          .containsEntry("eextend", 16L * PAGES * cycles(config, Cost.EEXTEND))
          .containsEntry("token", cycles(config, Cost.HASH_MODULUS))
          .doesNotContainKeys("einit-wasted", "einit-retry", "interrupt", "enclave");
    }
  }

  @Test
  void anEinitThatWasRefusedIsWastedAndOneThatMetAnInterruptIsARetry() {
    LaunchDesign lazy = LaunchDesign.direct(MsrPolicy.LAZY);
    KernelConfig config = config(lazy);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      Map<String, Long> spent = listenTo(rig);
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      assertThat(spent)
          .as("refused at step 15: another hash in the MSRs")
          .containsEntry("einit-wasted", config.costs().inCyclesAt(1).einit(15, false))
          .containsEntry("einit", cycles(config, Cost.EINIT));
    }
    try (Rig rig = new Rig(config.withInterrupts(0, 9_000))) {
      Rig.Process process = rig.process();
      rig.open(process);
      Map<String, Long> spent = listenTo(rig);
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      CoreMessage.Counters core = rig.cores().get(0);
      assertThat(core.einitRetries()).isPositive();
      assertThat(spent.get("einit-retry") + spent.getOrDefault("einit-wasted", 0L))
          .isCloseTo(core.wastedCycles(), Offset.offset(2L));
      assertThat(spent.get("interrupt") % cycles(config, Cost.INTERRUPT)).isZero();
    }
  }

  @Test
  void aBadTokenIsPaidForInWastedEinits() {
    KernelConfig v5 = config(KernelConfig.preset(Preset.V5).launch().withTokenFromUser(true));
    try (Rig rig = new Rig(v5)) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      rig.system().runToQuiescence().orThrow();
      Map<String, Long> spent = listenTo(rig);
      Tokens.launch(
          rig, process, TINY, Tokens.by(ModelKeys.signer(2).mrsigner(), v5.machine(), TINY));
      assertThat(spent)
          .containsEntry("einit-wasted", 2 * v5.costs().inCyclesAt(1).einit(20, true))
          .containsEntry("wrmsr", 4 * cycles(v5, Cost.WRMSR))
          .doesNotContainKeys("einit", "token");
    }
  }
}
