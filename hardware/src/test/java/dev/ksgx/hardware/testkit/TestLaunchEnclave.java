package dev.ksgx.hardware.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.program.EnclaveThread;
import dev.ksgx.hardware.program.StepResult;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SigStruct;

/** A launch enclave that runs on the machine and makes tokens. */
public final class TestLaunchEnclave {
  public static final Bytes SIGNER = ModelKeys.launchEnclave().mrsigner();

  private final TestEnclave enclave;

  public TestLaunchEnclave(Rig rig, int secsFrame) {
    this(rig, secsFrame, 0);
  }

  public TestLaunchEnclave(Rig rig, int secsFrame, long moreFlags) {
    long flags = Attributes.MODE64BIT | Attributes.EINITTOKENKEY | moreFlags;
    enclave = TestEnclave.built(rig, secsFrame, Rig.secs(flags).build());
    enclave.launch(enclave.sig(ModelKeys.launchEnclave()));
  }

  /** A token for this enclave, made on this processor. */
  public EinitToken token(LogicalProcessor cpu, TestEnclave wanted, SigStruct sig) {
    return token(
        cpu,
        EinitToken.builder()
            .attributes(wanted.secs.attributes())
            .mrenclave(sig.enclaveHash())
            .mrsigner(sig.mrsigner())
            .build());
  }

  /** A token as wanted, made on this processor. */
  public EinitToken token(LogicalProcessor cpu, EinitToken wanted) {
    assertThat(enclave.eenter(cpu).describe()).isEqualTo("EENTER: done");
    EnclaveThread thread =
        new EnclaveThread(new TokenProgram(enclave.base + TestEnclave.OPERANDS, wanted));
    while (true) {
      StepResult result = thread.step(cpu);
      if (result instanceof StepResult.Exited exited) {
        return EinitToken.parse(exited.value());
      }
      assertThat(result).isInstanceOf(StepResult.Done.class);
    }
  }
}
