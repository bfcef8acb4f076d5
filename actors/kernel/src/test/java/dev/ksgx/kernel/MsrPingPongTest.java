package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two launch enclaves' hashes on one core: each launch is by the second with probability q,
 * whatever came before, so that a launch finds the other's hash with probability 2q(1 - q). What
 * that costs in cycles is that of theory: lazy, a refused EINIT and four writes; cached, four
 * writes; always, four writes at each launch, whoever came before.
 */
class MsrPingPongTest {
  private static final SignedEnclave ENCLAVE = SampleEnclaves.tiny();
  private static final int LAUNCHES = 900;
  private static final double STANDARD_ERRORS = 4;
  private static final long WRITE = Cost.WRMSR.cycles();

  @ParameterizedTest(name = "{0}, second signer with probability {1}")
  @CsvSource({"LAZY, 0.5", "LAZY, 0.1", "CACHED, 0.5", "CACHED, 0.1", "ALWAYS, 0.5", "ALWAYS, 0.1"})
  void wastedCyclesOfALaunchAreThoseOfTheClosedForm(MsrPolicy policy, double second) {
    KernelConfig base = KernelConfig.preset(Preset.OUT_OF_TREE).withBugs(Bugs.fixed());
    KernelConfig config =
        base.withLaunch(LaunchDesign.userLe(UserLe.aesmd()).withHash(HashSource.PER_FD, policy))
            .withAdd(AddMode.SYNCHRONOUS)
            .withMachine(MachineConfig.builder().processors(1).build())
            .withInterrupts(0, 0)
            .withCosts(base.costs().jitter(0));
    long writes = 4 * config.costs().cycles(Cost.WRMSR);
    long miss =
        switch (policy) {
          case LAZY -> config.costs().einit(20, true) + writes;
          case CACHED -> writes;
          default -> 0;
        };
    try (Rig rig = new Rig(config)) {
      Rig.Process[] processes = new Rig.Process[2];
      Bytes[] tokens = new Bytes[2];
      for (int who = 0; who < 2; who++) {
        Bytes signer = ModelKeys.signer(who + 1).mrsigner();
        processes[who] = rig.process();
        rig.open(processes[who]);
        rig.ioctl(processes[who], new SgxIoctl.SetFileHash(signer));
        rig.block(processes[who].task());
        tokens[who] = Tokens.by(signer, config.machine(), ENCLAVE);
      }
      RandomStream stream = new RandomStreams(7).stream("who");
      launch(rig, processes[0], tokens[0]);
      long before = wasted(rig);
      int last = 0;
      int changes = 0;
      for (int i = 0; i < LAUNCHES; i++) {
        int who = stream.nextDouble() < second ? 1 : 0;
        launch(rig, processes[who], tokens[who]);
        changes += who == last ? 0 : 1;
        last = who;
      }
      double exact = policy == MsrPolicy.ALWAYS ? writes : (double) changes * miss / LAUNCHES;
      double measured = (double) (wasted(rig) - before) / LAUNCHES;
      double found = 2 * second * (1 - second);
      double theory = policy == MsrPolicy.ALWAYS ? writes : found * miss;
      // The changes are no Bernoulli trials: neighbours share a launch, which adds covariance.
      double q = second;
      double covariance = q * (1 - q) - found * found;
      double error = miss * Math.sqrt((found * (1 - found) + 2 * covariance) / LAUNCHES);
      assertThat(measured)
          .as("cycles a launch; theory %.1f, standard error %.1f", theory, error)
          .isBetween(theory - STANDARD_ERRORS * error - 1, theory + STANDARD_ERRORS * error + 1);
      assertThat(error).as("the test can tell").isLessThanOrEqualTo(theory / 10);
      assertThat(measured).as("exactly, given who came after whom").isBetween(exact - 1, exact + 1);
    }
  }

  private static void launch(Rig rig, Rig.Process process, Bytes token) {
    assertThat(Tokens.launch(rig, process, ENCLAVE, token).isZero()).isTrue();
  }

  private static long wasted(Rig rig) {
    return rig.cores().stream().mapToLong(c -> c.wastedCycles() + WRITE * c.msrWrites()).sum();
  }
}
