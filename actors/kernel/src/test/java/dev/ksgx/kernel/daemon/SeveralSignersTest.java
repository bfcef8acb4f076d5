package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.config.UserLe.TokenCache.Place;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.DaemonMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Daemons with launch enclaves of several signers on one machine. */
class SeveralSignersTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();

  private static KernelConfig config(UserLe daemon, HashSource source, MsrPolicy policy) {
    KernelConfig base = DaemonRig.config(daemon).withBugs(Bugs.fixed());
    return base.withLaunch(LaunchDesign.userLe(daemon).withHash(source, policy));
  }

  private static UserLe daemons(int signers, Place cache) {
    return DaemonRig.pool(1, 1, 1, DaemonRig.cache(cache)).withSigners(signers);
  }

  private static Bytes token(Rig rig, Rig.Process process, int signer) {
    Rig.Pending<DaemonMessage.Answer> asked =
        rig.ask(
            call ->
                rig.doors
                    .tokensOf(signer)
                    .daemon()
                    .tell(
                        new DaemonMessage.Ask(
                            process.task(),
                            rig.newRequest(),
                            TokenRequest.of(TINY.sigStruct(), TINY.image().attributes()).bytes(),
                            call,
                            rig.self())));
    DaemonMessage.Answer answer = rig.finish(asked);
    assertThat(answer.result().isZero()).isTrue();
    return answer.token();
  }

  /** INIT on a file that says {@code said}, with a token of the launch enclave of {@code maker}. */
  @ParameterizedTest
  @CsvSource({"0, 0, true", "1, 1, true", "0, 1, false", "1, 0, false"})
  void aTokenIsGoodUnderTheHashOfItsOwnMakerOnly(int said, int maker, boolean good) {
    try (Rig rig = new Rig(config(daemons(2, Place.NONE), HashSource.PER_FD, MsrPolicy.LAZY))) {
      Rig.Process process = rig.process();
      rig.open(process);
      CallResult heard =
          rig.ioctl(process, new SgxIoctl.SetFileHash(rig.doors.tokensOf(said).fileHash()));
      assertThat(heard.isZero()).isTrue();
      rig.block(process.task());
      Bytes token = token(rig, process, maker);
      List<LaunchSequence.Outcome> outcomes = new ArrayList<>();
      rig.inside(
          () ->
              new LaunchSequence(
                      rig.doors.device(),
                      process.space(),
                      process.task(),
                      rig.self(),
                      rig.calls(),
                      TINY,
                      false)
                  .withToken(token)
                  .start(rig.newRequest(), outcomes::add));
      rig.runUntil(() -> !outcomes.isEmpty()).orThrow();
      CallResult result = outcomes.get(0).result();
      assertThat(result.value()).isEqualTo(good ? 0 : SgxCode.INVALID_EINITTOKEN);
    }
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void everyProgramLaunchesByTheTokensOfItsOwnSigner(Place cache) {
    KernelConfig config = config(daemons(3, cache), HashSource.PER_FD, MsrPolicy.CACHED);
    try (SimulatedKernel kernel = SgxKernel.checked(config, 1)) {
      List<SgxProcess> processes = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        processes.add(kernel.process());
      }
      for (int round = 0; round < 2; round++) {
        for (SgxProcess process : processes) {
          process.launch(TINY).close();
        }
      }
      int made =
          switch (cache) {
            case NONE -> 12;
            case APPLICATION -> 6;
            case DAEMON -> 3;
          };
      assertThat(kernel.launchDaemon().tokens()).isEqualTo(made);
      assertThat(kernel.launchDaemon().starts()).isEqualTo(3);
      assertThat(kernel.cores().stream().mapToLong(core -> core.wastedCycles()).sum()).isZero();
      kernel.exitAll();
      assertThat(kernel.audit().violations()).isEmpty();
      assertThat(kernel.epc().free()).isEqualTo(kernel.epc().frames());
    }
  }

  /** Another signer's hash would have to be written. */
  @Test
  void aChildOfAForkReliesOnTheSignerOfItsParent() {
    KernelConfig config =
        config(daemons(2, Place.DAEMON), HashSource.PER_FD, MsrPolicy.CACHED)
            .withMachine(MachineConfig.builder().processors(1).build());
    try (SimulatedKernel kernel = SgxKernel.simulated(config, 1);
        SgxProcess first = kernel.process();
        SgxProcess second = kernel.process()) {
      first.launch(TINY).close();
      second.launch(TINY).close();
      long before = kernel.cores().get(0).msrWrites();
      second.fork().launch(TINY).close();
      assertThat(kernel.cores().get(0).msrWrites()).isEqualTo(before);
      first.launch(TINY).close();
      assertThat(kernel.cores().get(0).msrWrites()).isEqualTo(before + 4);
    }
  }

  /** With one signer the daemon, as root, says whose hash is the machine's. */
  @ParameterizedTest
  @EnumSource(MsrPolicy.class)
  void aDaemonSaysItsHashForTheMachine(MsrPolicy policy) {
    KernelConfig config = config(daemons(1, Place.NONE), HashSource.IOCTL, policy);
    try (SimulatedKernel kernel = SgxKernel.simulated(config, 1);
        SgxProcess process = kernel.process()) {
      process.launch(TINY).close();
      kernel.suspend();
      kernel.resume();
      process.launch(TINY).close();
    }
  }

  @Test
  void signersOfLaunchEnclavesDifferAndMeasureTheSame() {
    assertThat(LaunchKey.signer(1))
        .isNotEqualTo(LaunchKey.signer(0))
        .hasToString(LaunchKey.enclave(2, 1).sigStruct().mrsigner().toString());
    assertThat(LaunchKey.enclave(2, 1).sigStruct().enclaveHash())
        .isEqualTo(LaunchKey.enclave(2).sigStruct().enclaveHash());
  }
}
