package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.UserLe.TokenCache;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.TokenStoreMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens that became useless (driver.md 5.4): EINIT says so, the program asks and tries again. */
class TokenRefreshTest {
  private static final Bytes OLDER = Bytes.fromHex("01070000000000000000000000000000");
  private static final int PROCESSES = 24;

  private static void keep(DaemonRig rig, Rig.Process process, Bytes token) {
    rig.rig.inside(
        () ->
            rig.rig
                .doors
                .tokensOf(0)
                .store()
                .tell(
                    new TokenStoreMessage.Keep(
                        process.task().pid(), DaemonRig.tiny().bytes(), token)));
  }

  private static void updateMicrocode(DaemonRig rig, Bytes cpuSvn) {
    rig.rig.finish(
        rig.rig.<KernelMessage.MicrocodeUpdated>ask(
            call ->
                rig.rig.kernel.tell(
                    new KernelMessage.UpdateMicrocode(cpuSvn, call, rig.rig.self()))));
  }

  private static long einits(DaemonRig rig) {
    return rig.rig.cores().stream().mapToLong(CoreMessage.Counters::einits).sum();
  }

  private static List<Rig.Process> processesWithATokenEach(DaemonRig rig) {
    List<Rig.Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      Rig.Process process = rig.process();
      processes.add(process);
      assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
    }
    rig.settle();
    return processes;
  }

  /** Nanoseconds that the launches of all took that begin at the same instant. */
  private static long launchAll(DaemonRig rig, List<Rig.Process> processes) {
    long began = rig.rig.system().nowNanos();
    List<Rig.Pending<LaunchSequence.Outcome>> all =
        processes.stream()
            .map(process -> rig.rig.startLaunch(process, SampleEnclaves.tiny()))
            .toList();
    all.forEach(launch -> assertThat(rig.rig.finish(launch).result().toString()).isEqualTo("OK"));
    return rig.rig.system().nowNanos() - began;
  }

  @Test
  void anotherCpuSvnVoidsEveryTokenAtOnceAndEachProcessWastesOneEinitAndAsksOnce() {
    TokenCache each = new TokenCache(TokenCache.Place.APPLICATION, 16, 0, false);
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1, each))) {
      List<Rig.Process> processes = processesWithATokenEach(rig);
      long calm = launchAll(rig, processes);
      DaemonMessage.Counters before = rig.counters();
      long einits = einits(rig);
      assertThat(before.requests()).as("all had theirs").isEqualTo(PROCESSES);
      updateMicrocode(rig, OLDER);
      long stampede = launchAll(rig, processes);
      assertThat(rig.counters().requests() - before.requests()).isEqualTo(PROCESSES);
      assertThat(rig.counters().tokens() - before.tokens()).isEqualTo(PROCESSES);
      assertThat(einits(rig) - einits).as("one in vain, one not").isEqualTo(2L * PROCESSES);
      assertThat(stampede).isGreaterThan(calm);
      assertThat(launchAll(rig, processes)).as("calm again").isLessThan(stampede);
      assertThat(rig.counters().requests() - before.requests()).isEqualTo(PROCESSES);
    }
  }

  @Test
  void aStampedeForOneEnclaveIsCoalescedIntoFewTokens() {
    TokenCache shared = new TokenCache(TokenCache.Place.DAEMON, 16, 0, true);
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(8, 1, 1, shared))) {
      List<Rig.Process> processes = processesWithATokenEach(rig);
      assertThat(rig.counters().tokens()).isEqualTo(1);
      updateMicrocode(rig, OLDER);
      launchAll(rig, processes);
      assertThat(rig.counters().tokens()).as("the daemon knows the CPUSVN").isEqualTo(2);
    }
  }

  @Test
  void anUpdateToAHigherCpuSvnVoidsNoToken() {
    try (DaemonRig rig =
        DaemonRig.with(DaemonRig.pool(1, 1, 1, DaemonRig.cache(TokenCache.Place.APPLICATION)))) {
      Rig.Process process = rig.process();
      assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
      updateMicrocode(rig, Bytes.fromHex("03070000000000000000000000000000"));
      assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
      assertThat(rig.counters().requests()).isEqualTo(1);
    }
  }

  @Test
  void aForeignOrDamagedTokenIsReplacedByTheSecondTryAndKept() {
    try (DaemonRig rig =
        DaemonRig.with(DaemonRig.pool(1, 1, 1, DaemonRig.cache(TokenCache.Place.APPLICATION)))) {
      Rig.Process process = rig.process();
      keep(rig, process, EinitToken.NONE.bytes());
      assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
      assertThat(rig.counters().requests()).isEqualTo(1);
      assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
      assertThat(rig.counters().requests()).as("the new one is kept").isEqualTo(1);
    }
  }

  @Test
  void anEinitThatFailsForAnotherReasonIsNotTriedAgain() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      var tiny = SampleEnclaves.tiny();
      var broken =
          new SignedEnclave(
              tiny.image(), SigStruct.parse(tiny.sigStruct().bytes().withFlippedBit(600, 1)));
      LaunchSequence.Outcome outcome = rig.launch(broken);
      assertThat(outcome.result().value())
          .isIn((long) SgxCode.INVALID_SIGNATURE, (long) SgxCode.INVALID_SIG_STRUCT);
      assertThat(rig.counters().requests()).isEqualTo(1);
    }
  }
}
