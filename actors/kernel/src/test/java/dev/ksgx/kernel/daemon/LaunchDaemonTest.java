package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.AtRest;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.config.UserLe.TokenCache;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.message.DaemonMessage;
import org.junit.jupiter.api.Test;

/** Tokens of a daemon in user space (driver.md 5.4): who makes them, who keeps them. */
class LaunchDaemonTest {
  @Test
  void aProgramGetsItsTokenFromTheDaemonAndItsEnclaveIsInitialised() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      LaunchSequence.Outcome outcome = rig.launch(SampleEnclaves.tiny());
      assertThat(outcome.result().toString()).isEqualTo("OK");
      DaemonMessage.Counters counted = rig.counters();
      assertThat(counted.requests()).isEqualTo(1);
      assertThat(counted.tokens()).isEqualTo(1);
      assertThat(counted.builds()).as("its launch enclave").isEqualTo(1);
    }
  }

  @Test
  void theLaunchEnclaveIsThereFromTheDaemonsStartOn() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(2, 3, 1))) {
      rig.settle();
      assertThat(rig.counters().builds()).isEqualTo(3);
      assertThat(rig.counters().requests()).isZero();
    }
  }

  @Test
  void withoutACacheEveryLaunchNeedsATokenMadeForIt() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(1, 1, 1))) {
      Rig.Process process = rig.process();
      for (int i = 0; i < 3; i++) {
        assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
      }
      assertThat(rig.counters().tokens()).isEqualTo(3);
      assertThat(rig.counters().misses()).as("there is no cache to miss").isZero();
    }
  }

  @Test
  void aTokenInTheDaemonsCacheServesOtherProcessesToo() {
    try (DaemonRig rig =
        DaemonRig.with(DaemonRig.pool(1, 1, 1, DaemonRig.cache(TokenCache.Place.DAEMON)))) {
      for (int i = 0; i < 3; i++) {
        assertThat(rig.launch(SampleEnclaves.tiny()).result().isZero()).isTrue();
      }
      assertThat(rig.counters().requests()).isEqualTo(3);
      assertThat(rig.counters().tokens()).isEqualTo(1);
      assertThat(rig.counters().hits()).isEqualTo(2);
      assertThat(rig.counters().misses()).isEqualTo(1);
    }
  }

  @Test
  void aTokenInTheProgramsOwnCacheCostsNoRoundTripAndServesThisProcessAlone() {
    try (DaemonRig rig =
        DaemonRig.with(DaemonRig.pool(1, 1, 1, DaemonRig.cache(TokenCache.Place.APPLICATION)))) {
      Rig.Process process = rig.process();
      for (int i = 0; i < 3; i++) {
        assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
      }
      assertThat(rig.counters().requests()).isEqualTo(1);
      assertThat(rig.applications().hits()).isEqualTo(2);
      assertThat(rig.launch(SampleEnclaves.tiny()).result().isZero()).isTrue();
      assertThat(rig.counters().requests()).as("another process").isEqualTo(2);
    }
  }

  @Test
  void missesForATokenThatIsBeingMadeWaitForItUnlessToldNotTo() {
    for (boolean coalesce : new boolean[] {true, false}) {
      TokenCache cache = new TokenCache(TokenCache.Place.DAEMON, 16, 0, coalesce);
      try (DaemonRig rig = DaemonRig.roomy(DaemonRig.pool(4, 4, 1, cache))) {
        rig.askTogether(4);
        assertThat(rig.counters().tokens()).isEqualTo(coalesce ? 1 : 4);
        assertThat(rig.counters().coalesced()).isEqualTo(coalesce ? 3 : 0);
        assertThat(rig.counters().misses()).isEqualTo(4);
      }
    }
  }

  @Test
  void asManyTokensAreMadeAtATimeAsThereAreWorkersAndPlacesInEnclaves() {
    long one = nanosOfFour(DaemonRig.pool(1, 1, 1));
    assertThat(nanosOfFour(DaemonRig.pool(4, 4, 1))).as("four enclaves").isLessThan(one / 3);
    assertThat(nanosOfFour(DaemonRig.pool(4, 1, 4))).as("four threads").isLessThan(one / 3);
    assertThat(nanosOfFour(DaemonRig.pool(2, 2, 2))).as("two workers").isGreaterThan(one / 3);
    assertThat(nanosOfFour(DaemonRig.pool(1, 4, 1)))
        .as("one worker is inside one enclave at a time")
        .isEqualTo(one);
    assertThat(nanosOfFour(DaemonRig.pool(4, 1, 1)))
        .as("workers behind one mutex overlap but the socket and their own overhead")
        .isBetween(one / 2, one);
  }

  private static long nanosOfFour(UserLe daemon) {
    try (DaemonRig rig = DaemonRig.roomy(daemon)) {
      return rig.askTogether(4);
    }
  }

  @Test
  void whenEveryProcessAndTheDaemonHaveExitedNoFrameIsInUse() {
    try (DaemonRig rig = DaemonRig.with(DaemonRig.pool(2, 2, 2))) {
      Rig.Process process = rig.process();
      assertThat(rig.rig.launch(process, SampleEnclaves.tiny()).result().isZero()).isTrue();
      rig.rig.exit(process);
      rig.stop();
      rig.settle();
      assertThat(rig.rig.epc().free()).isEqualTo(rig.rig.epc().frames());
      AtRest.checkEmpty(rig.rig, "after the daemon");
    }
  }
}
