package dev.ksgx.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import org.junit.jupiter.api.Test;

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
  void nothingIsFreeOnceOneThingCosts() {
    assertThat(CostModel.zero().isZero()).isTrue();
    assertThat(CostModel.zero().with(Cost.EINIT, 1).isZero()).isFalse();
  }
}
