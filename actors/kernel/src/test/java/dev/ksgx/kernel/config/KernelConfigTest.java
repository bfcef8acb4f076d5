package dev.ksgx.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.kernel.policy.SampleWhiteList;
import dev.ksgx.kernel.policy.WhiteList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelConfigTest {
  private static Config with(String overlay) {
    return ConfigFactory.parseString(overlay)
        .withFallback(ConfigFactory.defaultReference().getConfig("ksgx"))
        .resolve();
  }

  @Test
  void theReferenceConfigurationIsTheReferenceMachineWithTheShippedBugs() {
    KernelConfig read = KernelConfigReader.read(with(""));
    assertThat(read)
        .isEqualTo(
            KernelConfig.preset(Preset.V5)
                .withBugs(Bugs.asShipped(Preset.V5))
                .withMachine(read.machine())
                .withCosts(read.costs()));
    assertThat(read.cores()).isEqualTo(4);
    assertThat(read.costs().figures()).isEqualTo(CostModel.pCfl().figures());
  }

  @Test
  void interruptsThatWouldTakeTheWholeCoreAreRefused() {
    KernelConfig kernel = KernelConfig.preset(Preset.V5).withGhz(1);
    kernel.withInterrupts(199_000, 0);
    assertThatThrownBy(() -> kernel.withInterrupts(200_000, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1.0 times the core");
    assertThatThrownBy(
            () -> KernelConfigReader.read(with("machine.device-interrupts-per-second = 1000000")))
        .isInstanceOf(ConfigException.BadValue.class)
        .hasMessageContaining("machine.device-interrupts-per-second")
        .hasMessageContaining("times the core");
  }

  @Test
  void costsCanPassAtAFrequencyOfTheirOwn() {
    KernelConfig read =
        KernelConfigReader.read(
            with("machine { ghz = 4.6, effective-ghz { eextend = 3.2, einit-token = 2.3 } }"));
    CostModel scaled = read.costs().inCyclesAt(read.ghz());
    assertThat(scaled.cycles(Cost.EEXTEND))
        .isEqualTo(Math.round(Cost.EEXTEND.cycles() * 4.6 / 3.2));
    assertThat(scaled.cycles(Cost.EINIT_TOKEN)).isEqualTo(2 * Cost.EINIT_TOKEN.cycles());
    assertThat(scaled.cycles(Cost.EADD)).isEqualTo(Cost.EADD.cycles());
    assertThat(read.costs().cycles(Cost.EEXTEND)).as("its cycles").isEqualTo(6_500);
    assertThatThrownBy(
            () -> KernelConfigReader.read(with("machine.effective-ghz { eextnd = 3.2 }")))
        .isInstanceOf(ConfigException.BadValue.class)
        .hasMessageContaining("machine.effective-ghz.eextnd")
        .hasMessageContaining("eextend");
    assertThatThrownBy(() -> KernelConfigReader.read(with("machine.effective-ghz.eadd = 0")))
        .isInstanceOf(ConfigException.BadValue.class)
        .hasMessageContaining("above 0");
  }

  @Test
  void ioctlsAreThoseOfThePresetUnlessSaid() {
    assertThat(KernelConfigReader.read(with("")).ioctls()).isEqualTo(IoctlGeneration.V5);
    assertThat(KernelConfigReader.read(with("kernel.preset = mainline")).ioctls())
        .isEqualTo(IoctlGeneration.MAINLINE);
    assertThat(KernelConfigReader.read(with("kernel { preset = mainline, ioctls = v5 }")).ioctls())
        .isEqualTo(IoctlGeneration.V5);
    refused("kernel.ioctls = v6", "kernel.ioctls", "v5", "mainline", "preset");
  }

  @Test
  void nothingIsFreeOnceOneThingCosts() {
    assertThat(CostModel.zero().isZero()).isTrue();
    assertThat(CostModel.zero().with(Cost.EINIT, 1).isZero()).isFalse();
  }

  /** A daemon that finds no list when it starts would be a failure of the model. */
  @Test
  void aPolicyThatIsNoWhiteListIsRefusedWhereItIsConfigured(@TempDir Path folder)
      throws IOException {
    Path list = folder.resolve("list.bin");
    Config config = with("kernel.user-le.policy = list.bin");
    assertThatThrownBy(() -> KernelConfigReader.read(config, key -> folder))
        .isInstanceOf(ConfigException.BadValue.class)
        .hasMessageContaining("kernel.user-le.policy")
        .hasMessageEndingWith(
            "expected everything, debug, or the file of a white list: there is no file " + list);
    Files.write(list, new byte[0]);
    assertThatThrownBy(() -> KernelConfigReader.read(config, key -> folder))
        .hasMessageEndingWith(list + " has 0 bytes; a list without signers has 216");
    Files.write(list, SampleWhiteList.of(3));
    KernelConfig read = KernelConfigReader.read(config, key -> folder);
    Files.delete(list);
    assertThat(read.launch().userLe().policy()).isInstanceOf(WhiteList.class);
  }

  private static void refused(String overlay, String key, String... words) {
    assertThatThrownBy(() -> KernelConfigReader.read(with(overlay)))
        .as(overlay)
        .isInstanceOf(ConfigException.BadValue.class)
        .hasMessageContaining(key)
        .hasMessageContainingAll(words);
  }

  @Test
  void pairsOfHashSourceAndPolicyWithWhichNothingCouldLaunchAreRefused() {
    refused("kernel { launch = user-le, hash-source = kernel-le }", "kernel.hash-source", "boot");
    refused("kernel { launch = direct, hash-source = kernel-le }", "kernel.hash-source", "signer");
    refused("kernel { launch = user-le, hash-source = signer }", "kernel.hash-source", "boot");
    refused("kernel.hash-source = signer", "kernel.hash-source", "kernel-le");
    refused(
        "kernel { launch = direct, token-from-user = on }",
        "kernel.hash-source",
        "token-from-user");
    refused("kernel.hash-source = per-fd", "kernel.hash-source", "token-from-user");
    refused("kernel.hash-source = ioctl", "kernel.hash-source", "token-from-user");
    refused("kernel.msr = never", "kernel.msr", "lazy", "boot");
    refused("kernel { launch = direct, msr = never }", "kernel.msr", "always");
    refused(
        "kernel { launch = user-le, hash-source = per-fd, msr = never }", "kernel.msr", "per-fd");
    refused("kernel { launch = user-le, token-from-user = off }", "kernel.token-from-user", "on");
  }

  @Test
  void allOtherPairsAreRead() {
    for (MsrPolicy policy : MsrPolicy.values()) {
      for (String design :
          new String[] {
            "hash-source = boot",
            "launch = user-le, hash-source = boot",
            "launch = user-le, hash-source = ioctl",
            "launch = direct, hash-source = boot",
            "launch = direct, hash-source = ioctl",
            "token-from-user = on, hash-source = ioctl",
          }) {
        KernelConfig read =
            KernelConfigReader.read(
                with("kernel { msr = %s, %s }".formatted(policy.key(), design)));
        assertThat(read.launch().msr()).isEqualTo(policy);
      }
    }
    for (MsrPolicy policy : new MsrPolicy[] {MsrPolicy.LAZY, MsrPolicy.CACHED, MsrPolicy.ALWAYS}) {
      for (String design :
          new String[] {
            "hash-source = kernel-le",
            "launch = user-le, hash-source = per-fd",
            "launch = direct, hash-source = signer",
            "launch = direct, hash-source = per-fd",
            "token-from-user = on, hash-source = per-fd",
          }) {
        KernelConfig read =
            KernelConfigReader.read(
                with("kernel { msr = %s, %s }".formatted(policy.key(), design)));
        assertThat(read.launch().msr()).isEqualTo(policy);
      }
    }
  }
}
