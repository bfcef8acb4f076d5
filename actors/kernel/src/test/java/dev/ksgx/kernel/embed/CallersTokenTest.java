package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.protocol.abi.Errno;
import org.junit.jupiter.api.Test;

/** Tokens that an embedder brings, and hashes that it says. */
class CallersTokenTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();

  private static SimulatedKernel kernel(int signers, HashSource source, MsrPolicy policy) {
    UserLe daemon = UserLe.aesmd().withSigners(signers);
    return SgxKernel.checked(
        KernelConfig.preset(Preset.OUT_OF_TREE)
            .withBugs(Bugs.fixed())
            .withLaunch(LaunchDesign.userLe(daemon).withHash(source, policy)),
        1);
  }

  private static SgxException refused(Runnable call) {
    return catchThrowableOfType(SgxException.class, call::run);
  }

  @Test
  void aTokenIsGoodOnAFileThatSaysItsMaker() {
    try (SimulatedKernel kernel = kernel(2, HashSource.PER_FD, MsrPolicy.LAZY);
        SgxProcess first = kernel.process();
        SgxProcess second = kernel.process()) {
      EinitToken token = second.askToken(TINY);
      int file = first.open();
      first.sayFileHash(file, LaunchKey.signer(0));
      SgxException foreign = refused(() -> first.launch(TINY, token));
      assertThat(foreign.phase()).isEqualTo(SgxException.Phase.INIT);
      assertThat(foreign.code()).isEqualTo("SGX_INVALID_EINITTOKEN");
      first.closeDescriptor(file);
      first.sayFileHash(first.open(), LaunchKey.signer(1));
      assertThat(first.launch(TINY, token).mrenclave()).isEqualTo(TINY.sigStruct().enclaveHash());
    }
  }

  @Test
  void aHashIsSaidOnceAFileAndOnAFileThatIsOpen() {
    try (SimulatedKernel kernel = kernel(1, HashSource.PER_FD, MsrPolicy.CACHED);
        SgxProcess process = kernel.process()) {
      EinitToken token = process.askToken(TINY);
      int file = process.open();
      SgxException nobody = refused(() -> process.launch(TINY, token));
      assertThat(nobody.errno()).isEqualTo(Errno.EINVAL);
      process.sayFileHash(file, LaunchKey.signer());
      SgxException again = refused(() -> process.sayFileHash(file, LaunchKey.signer()));
      assertThat(again.phase()).isEqualTo(SgxException.Phase.HASH);
      assertThat(again.errno()).isEqualTo(Errno.EINVAL);
      assertThat(refused(() -> process.sayFileHash(file + 1, LaunchKey.signer())).errno())
          .isEqualTo(Errno.EBADF);
      process.launch(TINY, token).close();
    }
  }

  @Test
  void theHashOfTheMachineTakesPrivilegeAndTheLastOneSaidWins() {
    try (SimulatedKernel kernel = kernel(1, HashSource.IOCTL, MsrPolicy.ALWAYS);
        SgxProcess process = kernel.process()) {
      EinitToken token = process.askToken(TINY);
      process.launch(TINY, token).close(); // the daemon has said whose
      SgxException unprivileged = refused(() -> process.sayMachineHash(LaunchKey.signer(1), false));
      assertThat(unprivileged.errno()).isEqualTo(Errno.EPERM);
      process.launch(TINY, token).close();
      process.sayMachineHash(LaunchKey.signer(1), true);
      assertThat(refused(() -> process.launch(TINY, token)).code())
          .isEqualTo("SGX_INVALID_EINITTOKEN");
      process.sayMachineHash(LaunchKey.signer(0), true);
      process.launch(TINY, token).close();
    }
  }

  /** There is one hash for two daemons: the launch enclave of the other cannot even be built. */
  @Test
  void ofTwoDaemonsThatSayAHashForTheMachineOneHasNoLaunchEnclave() {
    try (SimulatedKernel kernel = kernel(2, HashSource.IOCTL, MsrPolicy.ALWAYS);
        SgxProcess first = kernel.process();
        SgxProcess second = kernel.process()) {
      second.askToken(TINY);
      SgxException without = refused(() -> first.askToken(TINY));
      assertThat(without.phase()).isEqualTo(SgxException.Phase.TOKEN);
      assertThat(without.errno()).isEqualTo(Errno.EIO);
      assertThat(without.check()).contains("SGX_INVALID_ATTRIBUTE (2)");
    }
  }

  @Test
  void aDriverThatTakesNoTokensKnowsNeitherCall() {
    KernelConfig v5 = KernelConfig.preset(Preset.V5);
    try (SimulatedKernel kernel = SgxKernel.simulated(v5, 1);
        SgxProcess process = kernel.process()) {
      int file = process.open();
      assertThat(refused(() -> process.launch(TINY, EinitToken.NONE)).check())
          .isEqualTo("the driver knows no ioctl 0x4018A402");
      assertThat(refused(() -> process.sayFileHash(file, Bytes.zeros(32))).check())
          .isEqualTo("the driver knows no ioctl 0x4020A430");
      assertThatThrownBy(() -> process.askToken(TINY))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no launch daemon: the kernel's launch is not user-le");
    }
  }

  @Test
  void theSingleCallTakesATokenToo() {
    try (SimulatedKernel kernel = kernel(1, HashSource.BOOT, MsrPolicy.NEVER);
        SgxProcess process = kernel.process()) {
      SgxEnclave enclave = process.launch(TINY);
      EinitToken token = process.askToken(TINY);
      process.init(enclave.base(), TINY.sigStruct(), token); // initialised already: nothing to do
      SgxException nowhere = refused(() -> process.init(0x1000, TINY.sigStruct(), token));
      assertThat(nowhere.phase()).isEqualTo(SgxException.Phase.INIT);
      assertThat(nowhere.errno()).isEqualTo(Errno.EINVAL);
    }
  }
}
