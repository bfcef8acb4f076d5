package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.Returned;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** INIT with a token of the caller, 0x4018A402 (driver.md 1.2, 1.5). */
class CallerTokenTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();
  private static final Bytes LE = ModelKeys.launchEnclave().mrsigner();
  private static final Bytes OTHER = ModelKeys.signer(1).mrsigner();
  private static final int STORM = 40;

  private static KernelConfig config(int cores) {
    KernelConfig config = KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
    return config
        .withLaunch(config.launch().withTokenFromUser(true))
        .withMachine(MachineConfig.builder().processors(cores).build())
        .withInterrupts(0, 0)
        .withCosts(config.costs().jitter(0));
  }

  private static Bytes good(KernelConfig config) {
    return Tokens.by(LE, config.machine(), TINY);
  }

  private static SgxIoctl.InitWithToken init(long base, Bytes token) {
    return new SgxIoctl.InitWithToken(base, TINY.sigStruct(), token);
  }

  @Test
  void itIsUsedAsItIsAndNobodyElseIsAsked() {
    KernelConfig config = config(1);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      assertThat(Tokens.launch(rig, process, TINY, good(config)).isZero()).isTrue();
      assertThat(rig.launchControl().requests()).isZero();
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      assertThat(rig.launchControl().requests()).as("INIT without one").isEqualTo(1);
    }
  }

  @Test
  void tokensOfTheKernelAndOfCallersEachGetTheHashOfWhoMadeThem() {
    KernelConfig base = config(1);
    KernelConfig config =
        base.withLaunch(base.launch().withHash(HashSource.PER_FD, MsrPolicy.CACHED));
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      assertThat(rig.launch(process, TINY).result().isZero()).as("nothing was said").isTrue();
      rig.ioctl(process, new SgxIoctl.SetFileHash(OTHER));
      Bytes token = Tokens.by(OTHER, config.machine(), TINY);
      assertThat(Tokens.launch(rig, process, TINY, token).isZero()).isTrue();
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      assertThat(rig.launchControl().requests()).isEqualTo(2);
    }
  }

  @Test
  void theNumberIsUnknownToADriverThatTakesNone() {
    for (Preset preset : List.of(Preset.V5, Preset.DCAP_LE, Preset.MAINLINE)) {
      KernelConfig config = KernelConfig.preset(preset).withBugs(Bugs.fixed());
      try (Rig rig = new Rig(config)) {
        Rig.Process process = rig.process();
        CallResult result = rig.ioctl(process, init(0x1000, null));
        assertThat(result.errno()).isEqualTo(Errno.ENOIOCTLCMD);
        assertThat(result.check()).contains("0x4018A402");
      }
    }
  }

  @Test
  void theSigStructIsCopiedFirstThenTheTokenThenTheEnclaveIsLookedFor() {
    for (Bugs bugs : List.of(Bugs.asShipped(Preset.V5), Bugs.fixed())) {
      try (Rig rig = new Rig(config(1).withBugs(bugs))) {
        Rig.Process process = rig.process();
        boolean positive = bugs.has(Bugs.POSITIVE_COPY_RESULT);
        long bad = Errno.EFAULT.number();
        SgxIoctl neither = new SgxIoctl.InitWithToken(1, null, (Bytes) null);
        assertThat(rig.ioctl(process, neither).value()).isEqualTo(positive ? 1808 : -bad);
        assertThat(rig.ioctl(process, init(1, null)).value()).isEqualTo(positive ? 304 : -bad);
        assertThat(rig.ioctl(process, init(1, Bytes.zeros(100))).value())
            .as("the page after it is not mapped")
            .isEqualTo(positive ? 204 : -bad);
        assertThat(rig.ioctl(process, init(1, Bytes.zeros(304))).errno()).isEqualTo(Errno.EINVAL);
      }
    }
  }

  @Test
  void bytesBehindTheTokenAreNotLookedAt() {
    KernelConfig config = config(1);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      Bytes more = Bytes.concat(good(config), Bytes.fromHex("ffff"));
      assertThat(Tokens.launch(rig, process, TINY, more).isZero()).isTrue();
    }
  }

  /** What the launches of others cost, with and without a process that hands in bad tokens. */
  private record Storm(List<CallResult> bad, long launched, long others, long all) {}

  private static Storm storm(int cores, Bytes badToken) {
    KernelConfig config = config(cores);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      rig.system().runToQuiescence().orThrow();
      List<CallResult> bad = new ArrayList<>();
      long launched = 0;
      long others = 0;
      Rig.Process victim = rig.process();
      rig.open(victim);
      rig.block(victim.task());
      for (int i = 0; i < STORM; i++) {
        if (badToken != null) {
          bad.add(Tokens.launch(rig, process, TINY, badToken));
        }
        long before = spent(rig);
        launched += rig.launch(victim, TINY).result().isZero() ? 1 : 0;
        rig.block(victim.task());
        others += spent(rig) - before;
      }
      return new Storm(bad, launched, others, spent(rig));
    }
  }

  /** Cycles in EINITs in vain and in writes to MSRs. */
  private static long spent(Rig rig) {
    return rig.cores().stream().mapToLong(c -> c.wastedCycles() + 400 * c.msrWrites()).sum();
  }

  @Test
  void aBadTokenCostsItsCallerTwoEinitsAndNobodyElseACycle() {
    KernelConfig config = config(1);
    Bytes good = good(config);
    List<Bytes> tokens =
        List.of(
            good.withFlippedBit(288, 0),
            good.withFlippedBit(4, 0),
            Tokens.by(OTHER, config.machine(), TINY),
            Tokens.by(LE, config.machine(), SampleEnclaves.pages(5)));
    for (int cores : new int[] {1, 3}) {
      Storm quiet = storm(cores, null);
      for (Bytes token : tokens) {
        Storm storm = storm(cores, token);
        assertThat(storm.bad())
            .allMatch(
                result ->
                    result.value() == SgxCode.INVALID_EINITTOKEN
                        || result.value() == SgxCode.INVALID_MEASUREMENT);
        assertThat(storm.launched()).isEqualTo(STORM);
        assertThat(storm.others()).isEqualTo(cores == 1 ? quiet.others() : storm.others());
        assertThat(storm.others()).isLessThanOrEqualTo(quiet.others());
      }
    }
    long twice = 2 * config.costs().einit(20, true) + 4 * 400;
    Storm forged = storm(1, tokens.get(0));
    assertThat((double) (forged.all() - storm(1, null).all()) / STORM)
        .as("refused, written, refused again: the caller's own")
        .isCloseTo(twice, Offset.offset(4.0));
  }

  @Test
  void aForeignHashOnAFileCostsTheNextLaunchOnThatCoreAtMostOneEinitAndFourWrites() {
    KernelConfig base = config(1);
    for (MsrPolicy policy : List.of(MsrPolicy.LAZY, MsrPolicy.CACHED, MsrPolicy.ALWAYS)) {
      KernelConfig config = base.withLaunch(base.launch().withHash(HashSource.PER_FD, policy));
      try (Rig rig = new Rig(config)) {
        Rig.Process victim = rig.process();
        rig.open(victim);
        rig.ioctl(victim, new SgxIoctl.SetFileHash(LE));
        Rig.Process other = rig.process();
        rig.block(victim.task());
        rig.open(other);
        rig.ioctl(other, new SgxIoctl.SetFileHash(OTHER));
        rig.block(other.task());
        rig.system().runToQuiescence().orThrow();
        Bytes good = good(config);
        Tokens.launch(rig, victim, TINY, good);
        long calm = costOf(rig, victim, good);
        CallResult bad = Tokens.launch(rig, other, TINY, good.withFlippedBit(288, 0));
        assertThat(bad.value()).isEqualTo(SgxCode.INVALID_EINITTOKEN);
        long extra = costOf(rig, victim, good) - calm;
        long most =
            switch (policy) {
              case LAZY -> config.costs().einit(20, true) + 4 * 400;
              case CACHED -> 4 * 400;
              default -> 0;
            };
        assertThat(extra).as(policy.key()).isCloseTo(most, Offset.offset(4L));
        assertThat(costOf(rig, victim, good)).as("once").isEqualTo(calm);
      }
    }
  }

  private static long costOf(Rig rig, Rig.Process process, Bytes token) {
    long before = spent(rig);
    assertThat(Tokens.launch(rig, process, TINY, token).isZero()).isTrue();
    return spent(rig) - before;
  }

  /** A buffer that two threads share: one hands it in, the other writes a fresh token into it. */
  private static final class Shared {
    private Bytes now;
    private int copies;

    Bytes copy() {
      copies++;
      return now;
    }
  }

  @Test
  void aTokenThatIsRefreshedMeanwhileIsTheOldOrTheNewOneAndNeverAMix() {
    KernelConfig config = config(2);
    Bytes old = Tokens.by(LE, config.machine(), TINY, 1).withFlippedBit(288, 0);
    Bytes fresh = Tokens.by(LE, config.machine(), TINY, 2);
    TreeSet<Long> seen = new TreeSet<>();
    for (long delay = -2_000; delay <= 2_000; delay += 250) {
      try (Rig rig = new Rig(config)) {
        Rig.Process process = rig.process();
        rig.open(process);
        long base = Ioctls.added(rig, process, TINY);
        Shared buffer = new Shared();
        buffer.now = old;
        long begins = rig.system().nowNanos() + 5_000;
        List<Returned> returned = new ArrayList<>();
        rig.insideAt(begins + delay, () -> buffer.now = fresh);
        rig.insideAt(
            begins,
            () ->
                rig.doors
                    .device()
                    .tell(
                        new DeviceMessage.Ioctl(
                            process.task(),
                            rig.newRequest(),
                            process.space(),
                            new SgxIoctl.InitWithToken(base, TINY.sigStruct(), buffer::copy),
                            rig.calls().<Returned>expect(returned::add),
                            rig.self())));
        rig.runUntil(() -> !returned.isEmpty()).orThrow();
        long result = returned.get(0).result().value();
        assertThat(buffer.copies).as("copied once").isEqualTo(1);
        assertThat(result).isIn(0L, (long) SgxCode.INVALID_EINITTOKEN);
        assertThat(result == 0).as("refreshed %d ns after the call", delay).isEqualTo(delay <= 0);
        seen.add(result);
      }
    }
    assertThat(seen).as("the race is there").hasSize(2);
  }

  @Test
  void halfOfOneTokenAndHalfOfAnotherWouldBeRefused() {
    KernelConfig config = config(1);
    Bytes one = Tokens.by(LE, config.machine(), TINY, 1);
    Bytes two = Tokens.by(LE, config.machine(), TINY, 2);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      assertThat(Tokens.launch(rig, process, TINY, one).isZero()).isTrue();
      assertThat(Tokens.launch(rig, process, TINY, two).isZero()).isTrue();
      Bytes mix = one.with(280, two.slice(280, 24));
      assertThat(mix.length()).isEqualTo(EinitToken.LAYOUT.size());
      assertThat(Tokens.launch(rig, process, TINY, mix).value())
          .isEqualTo(SgxCode.INVALID_EINITTOKEN);
    }
  }

  @Test
  void aTokenForAnotherImageIsOfNoUseToThatSigner() {
    KernelConfig config = config(1);
    SigStruct other = SampleEnclaves.pages(5).sigStruct();
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      assertThat(rig.ioctl(process, new SgxIoctl.InitWithToken(base, other, good(config))).value())
          .isEqualTo(SgxCode.INVALID_MEASUREMENT);
      assertThat(rig.ioctl(process, init(base, good(config))).isZero()).as("afterwards").isTrue();
      assertThat(rig.cores().stream().mapToLong(CoreMessage.Counters::conflicts).sum()).isZero();
    }
  }
}
