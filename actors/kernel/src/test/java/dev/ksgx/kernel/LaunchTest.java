package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.message.EnclaveMessage;
import org.junit.jupiter.api.Test;

class LaunchTest {
  @Test
  void anEnclaveLaunchesThroughATokenOfTheKernelsLaunchEnclave() {
    try (Rig rig = new Rig(KernelConfig.preset(Preset.V5))) {
      Rig.Process process = rig.process();
      assertThat(rig.open(process).value()).isEqualTo(3);
      LaunchSequence.Outcome outcome = rig.launch(process, SampleEnclaves.tiny());
      assertThat(outcome.result().toString()).isEqualTo("OK");
      assertThat(rig.state(process, outcome.address()).phase())
          .isEqualTo(EnclaveMessage.Phase.INITIALIZED);
      assertThat(rig.launchControl().requests()).isEqualTo(1);
    }
  }
}
