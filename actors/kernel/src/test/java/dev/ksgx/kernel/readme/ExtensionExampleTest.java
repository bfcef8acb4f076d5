package dev.ksgx.kernel.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.kernel.junit.SgxKernelExtension;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The README's example of an embedder's own test. */
class ExtensionExampleTest {
  // tag::extension[]
  @RegisterExtension static final SgxKernelExtension SGX = SgxKernelExtension.simulated(7);

  @Test
  void aDeadLaunchEnclaveDelaysALaunchAndDoesNotFailIt(SimulatedKernel kernel, SgxProcess process) {
    process.open();
    kernel.faults().killLaunchEnclave();
    kernel.advance(Duration.ofMillis(1)); // time for it to die
    assertThat(process.launch(SampleEnclaves.tiny()).state().phase())
        .isEqualTo(EnclaveMessage.Phase.INITIALIZED);
  }
  // end::extension[]
}
