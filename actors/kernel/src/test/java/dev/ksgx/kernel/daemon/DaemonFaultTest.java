package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.UserLe.TokenCache;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.message.DaemonMessage;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a daemon that is slow, hung, dead or wrong does to those who ask it. */
class DaemonFaultTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void anAnswerOfASlowDaemonComesLateByWhatItWasTold() {
    try (DaemonRig rig = DaemonRig.roomy(DaemonRig.pool(1, 1, 1))) {
      long usual = rig.askTogether(1);
      rig.fault(LaunchFault.SLOW, 3 * SECOND);
      assertThat(rig.askTogether(1))
          .as("and the worker has to be woken up")
          .isBetween(3 * SECOND + usual, 3 * SECOND + usual + 1_000);
      rig.fault(LaunchFault.NONE, 0);
      assertThat(rig.askTogether(1)).isEqualTo(usual);
    }
  }

  @Test
  void aClientOfAHungDaemonGivesUpAfterItsTimeout() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      rig.fault(LaunchFault.HUNG, 0);
      long before = rig.rig.system().nowNanos();
      LaunchSequence.Outcome outcome = rig.launch(SampleEnclaves.tiny());
      assertThat(outcome.result().errno()).isEqualTo(Errno.ETIMEDOUT);
      assertThat(outcome.phase()).isEqualTo(LaunchSequence.Phase.TOKEN);
      assertThat(rig.rig.system().nowNanos() - before).isBetween(15 * SECOND, 16 * SECOND);
      assertThat(rig.counters().timeouts()).isEqualTo(1);
    }
  }

  @Test
  void aRequestThatNoWorkerTakesIsDroppedByTheDaemonBeforeItsClientGivesUp() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      rig.fault(LaunchFault.HUNG, 0);
      List<LaunchSequence.Outcome> both = rig.launchTogether(2, SampleEnclaves.tiny());
      assertThat(both)
          .extracting(outcome -> outcome.result().errno())
          .containsExactlyInAnyOrder(Errno.ETIMEDOUT, Errno.EBUSY);
      assertThat(rig.counters().drops()).isEqualTo(1);
    }
  }

  /** The worker does not sleep between the two: it takes the second from the queue. */
  @Test
  void aWorkerThatHangsOnTheNextRequestInItsQueueLeavesItsCoreToOthers() {
    KernelConfig config =
        DaemonRig.config(DaemonRig.pool(1, 1, 1))
            .withMachine(MachineConfig.builder().processors(1).build());
    try (DaemonRig rig = DaemonRig.with(config, 1)) {
      List<Rig.Process> processes = Stream.generate(rig::process).limit(8).toList();
      rig.settle();
      List<Rig.Pending<LaunchSequence.Outcome>> launches =
          processes.stream()
              .map(process -> rig.rig.startLaunch(process, SampleEnclaves.tiny()))
              .toList();
      rig.rig.runUntil(() -> rig.waiters() > 0).orThrow();
      assertThat(rig.holders()).isEqualTo(1);
      rig.fault(LaunchFault.HUNG, 0);
      assertThat(launches.stream().map(rig.rig::finish).map(outcome -> outcome.result().name()))
          .contains("OK", "-ETIMEDOUT")
          .filteredOn("-ETIMEDOUT"::equals)
          .hasSize(1);
    }
  }

  @Test
  void ofAPoolTheWorkerThatHangsIsMissingUntilTheDaemonIsKilledTheOthersGoOn() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(2, 2, 1))) {
      rig.settle();
      rig.fault(LaunchFault.ONE_HUNG, 0);
      List<LaunchSequence.Outcome> three = rig.launchTogether(3, SampleEnclaves.tiny());
      assertThat(three)
          .extracting(outcome -> outcome.result().name())
          .containsExactlyInAnyOrder("-ETIMEDOUT", "OK", "OK");
      assertThat(rig.holders()).as("it still has its request").isEqualTo(1);
      rig.fault(LaunchFault.ONE_HUNG, 0);
      assertThat(rig.launch(SampleEnclaves.tiny()).result().errno()).isEqualTo(Errno.ETIMEDOUT);
      assertThat(rig.launch(SampleEnclaves.tiny()).result().errno())
          .as("nobody is left")
          .isEqualTo(Errno.EBUSY);
      rig.fault(LaunchFault.ONE_HUNG, 0);
      rig.stop();
      assertThat(rig.launchTogether(3, SampleEnclaves.tiny()))
          .as("a new process is sound")
          .allMatch(outcome -> outcome.result().isZero());
    }
  }

  @Test
  void aHungWorkerHangsUntilTheDaemonIsKilledWhateverItsFaultBecomes() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      rig.fault(LaunchFault.HUNG, 0);
      assertThat(rig.launch(SampleEnclaves.tiny()).result().errno()).isEqualTo(Errno.ETIMEDOUT);
      rig.fault(LaunchFault.NONE, 0);
      assertThat(rig.launch(SampleEnclaves.tiny()).result().errno()).isEqualTo(Errno.EBUSY);
      rig.stop();
      assertThat(rig.launch(SampleEnclaves.tiny()).result().isZero()).isTrue();
    }
  }

  @Test
  void clientsOfADaemonThatDiesFindTheirConnectionResetAtOnceAndTheNextRequestStartsAnother() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      Rig.Process first = rig.process();
      Rig.Process second = rig.process();
      Rig.Pending<DaemonMessage.Answer> served = rig.ask(first, DaemonRig.tiny());
      Rig.Pending<DaemonMessage.Answer> queued = rig.ask(second, DaemonRig.tiny());
      rig.pass(10_000);
      assertThat(served.isDone()).isFalse();
      long before = rig.rig.system().nowNanos();
      rig.fault(LaunchFault.DEAD, 0);
      assertThat(rig.rig.finish(served).result().errno()).isEqualTo(Errno.ECONNRESET);
      assertThat(rig.rig.finish(queued).result().errno()).isEqualTo(Errno.ECONNRESET);
      assertThat(rig.rig.system().nowNanos()).isEqualTo(before);
      rig.settle();
      assertThat(rig.rig.epc().free()).as("its enclave went").isEqualTo(rig.rig.epc().frames());
      assertThat(rig.launch(SampleEnclaves.tiny()).result().isZero()).isTrue();
      assertThat(rig.counters().starts()).isEqualTo(2);
      assertThat(rig.counters().resets()).isEqualTo(2);
    }
  }

  @Test
  void theRequestThatStartsADaemonWaitsForItsProcessAndItsEnclave() {
    try (DaemonRig rig = DaemonRig.roomy(DaemonRig.pool(1, 1, 1))) {
      long usual = rig.askTogether(1);
      rig.stop();
      assertThat(rig.askTogether(1)).isGreaterThan(usual + 610_000);
    }
  }

  @Test
  void aTokenForTheRequestBeforeIsRefusedByEinitAndAskedForOnceMore() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      rig.fault(LaunchFault.WRONG_ANSWER, 0);
      LaunchSequence.Outcome first = rig.launch(SampleEnclaves.tiny());
      assertThat(first.result().isZero()).as("the second answer is that to the first").isTrue();
      assertThat(rig.counters().requests()).isEqualTo(2);
      LaunchSequence.Outcome other = rig.launch(SampleEnclaves.seventyFivePages());
      assertThat(other.result().isZero()).isTrue();
      assertThat(rig.counters().requests()).isEqualTo(4);
    }
  }

  @Test
  void anEinitThatRefusesTwoTokensFailsTheLaunchWithItsCode() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      rig.fault(LaunchFault.WRONG_ANSWER, 0);
      Rig.Process process = rig.process();
      Rig.Pending<LaunchSequence.Outcome> launch =
          rig.rig.startLaunch(process, SampleEnclaves.seventyFivePages());
      for (int i = 0; i < 200 && !launch.isDone(); i++) {
        rig.rig.finish(rig.ask(rig.process(), DaemonRig.tiny()));
      }
      assertThat(rig.rig.finish(launch).result().value())
          .as("somebody else's token, twice")
          .isIn((long) SgxCode.INVALID_MEASUREMENT, (long) SgxCode.INVALID_EINITTOKEN);
    }
  }

  @Test
  void aDaemonOfAnotherReleaseOrThatDeniesSaysSoAtOnce() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      rig.fault(LaunchFault.OLD_LAYOUT, 0);
      assertThat(rig.launch(SampleEnclaves.tiny()).result().errno()).isEqualTo(Errno.EINVAL);
      rig.fault(LaunchFault.DENYING, 0);
      assertThat(rig.launch(SampleEnclaves.tiny()).result().errno()).isEqualTo(Errno.EACCES);
      assertThat(rig.counters().refused()).isEqualTo(1);
      assertThat(rig.counters().tokens()).isZero();
    }
  }

  @Test
  void aClientThatIsKilledInTheQueueLeavesItAndNoTokenIsMadeForIt() {
    KernelConfig config =
        DaemonRig.roomyConfig(DaemonRig.pool(1, 1, 1)).withAdd(AddMode.SYNCHRONOUS);
    try (DaemonRig rig = DaemonRig.with(config, 1)) {
      List<Rig.Process> processes = List.of(rig.process(), rig.process(), rig.process());
      rig.settle();
      List<Rig.Pending<LaunchSequence.Outcome>> launches =
          processes.stream()
              .map(process -> rig.rig.startLaunch(process, SampleEnclaves.tiny()))
              .toList();
      rig.rig.runUntil(() -> rig.waiters() == 2).orThrow();
      rig.rig.finish(rig.rig.startKill(processes.get(1)));
      assertThat(launches.get(1).value().result().errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.rig.finish(launches.get(0)).result().isZero()).isTrue();
      assertThat(rig.rig.finish(launches.get(2)).result().isZero()).isTrue();
      assertThat(rig.counters().withdrawn()).isEqualTo(1);
      assertThat(rig.counters().tokens()).as("none for the dead").isEqualTo(2);
    }
  }

  @Test
  void aClientThatIsKilledWhileItIsServedCostsTheDaemonItsTokenAndNobodyElseAnything() {
    try (DaemonRig rig = DaemonRig.roomy(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      Rig.Process process = rig.process();
      Rig.Pending<LaunchSequence.Outcome> launch =
          rig.rig.startLaunch(process, SampleEnclaves.tiny());
      rig.rig.runUntil(() -> rig.holders() == 1).orThrow();
      rig.rig.finish(rig.rig.startKill(process));
      assertThat(rig.rig.finish(launch).result().errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.launch(SampleEnclaves.tiny()).result().isZero()).isTrue();
      assertThat(rig.counters().tokens()).isEqualTo(2);
    }
  }

  @Test
  void aSignalEndsTheWaitForTheDaemonAndTheSameThreadMayAskAgain() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      rig.settle();
      Rig.Process process = rig.process();
      Rig.Pending<LaunchSequence.Outcome> launch =
          rig.rig.startLaunch(process, SampleEnclaves.tiny());
      rig.rig.runUntil(() -> rig.holders() == 1).orThrow();
      rig.rig.inside(() -> rig.rig.signal(process.task()));
      assertThat(rig.rig.finish(launch).result().errno()).isEqualTo(Errno.EINTR);
      assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
    }
  }

  @Test
  void anEnclaveThatIsLostInASleepIsBuiltAnewByTheNextRequest() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      assertThat(rig.launch(SampleEnclaves.tiny()).result().isZero()).isTrue();
      assertThat(rig.rig.suspend().result().isZero()).isTrue();
      assertThat(rig.rig.resume().isZero()).isTrue();
      assertThat(rig.launch(SampleEnclaves.tiny()).result().toString()).isEqualTo("OK");
      assertThat(rig.counters().lost()).isEqualTo(1);
      assertThat(rig.counters().builds()).isEqualTo(2);
    }
  }

  @Test
  void anEnclaveOnDemandIsBuiltByTheFirstRequestAndGoesWhenItHasIdledForLongEnough() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.onDemand(1, SECOND))) {
      rig.settle();
      assertThat(rig.counters().builds()).isZero();
      rig.rig.finish(rig.ask(rig.process(), DaemonRig.tiny()));
      assertThat(rig.counters().builds()).isEqualTo(1);
      rig.pass(SECOND / 2);
      rig.rig.finish(rig.ask(rig.process(), DaemonRig.tiny()));
      rig.pass(SECOND * 3 / 4);
      assertThat(rig.rig.epc().free()).as("used meanwhile").isLessThan(rig.rig.epc().frames());
      rig.pass(SECOND / 2);
      assertThat(rig.rig.epc().free()).as("gone").isEqualTo(rig.rig.epc().frames());
      rig.rig.finish(rig.ask(rig.process(), DaemonRig.tiny()));
      assertThat(rig.counters().builds()).isEqualTo(2);
    }
  }

  /** Two enclaves idle together: while the first one goes, somebody asks for the second. */
  @Test
  void anEnclaveThatIsEnteredBeforeItsTurnToGoStays() {
    for (long later = 0; later < 400_000; later += 10_000) {
      try (DaemonRig rig = DaemonRig.roomy(DaemonRig.onDemand(2, SECOND))) {
        rig.askTogether(2);
        rig.askTogether(2);
        assertThat(rig.counters().builds()).isEqualTo(2);
        rig.pass(SECOND - 200_000 + later);
        rig.rig.finish(rig.ask(rig.process(), DaemonRig.tiny()));
        assertThat(rig.counters().lost()).as("asked %d ns later", later).isZero();
      }
    }
  }

  @Test
  void tokensInADaemonsMemoryDieWithIt() {
    try (DaemonRig rig =
        DaemonRig.with(DaemonRig.pool(1, 1, 1, DaemonRig.cache(TokenCache.Place.DAEMON)))) {
      assertThat(rig.launch(SampleEnclaves.tiny()).result().isZero()).isTrue();
      rig.stop();
      assertThat(rig.launch(SampleEnclaves.tiny()).result().isZero()).isTrue();
      assertThat(rig.counters().tokens()).isEqualTo(2);
      assertThat(rig.counters().hits()).isZero();
    }
  }
}
