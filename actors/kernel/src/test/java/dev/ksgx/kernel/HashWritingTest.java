package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.launch.GuestEinit;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.SchedulerMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who says whose hash the MSRs hold at an EINIT, and when it is written (driver.md 4, 9.3). */
class HashWritingTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();
  private static final Bytes LE = ModelKeys.launchEnclave().mrsigner();
  private static final Bytes OTHER = ModelKeys.signer(1).mrsigner();
  private static final Bytes NONE = EinitToken.NONE.bytes();
  private static final MsrPolicy[] WRITING = {MsrPolicy.LAZY, MsrPolicy.CACHED, MsrPolicy.ALWAYS};

  private static final LaunchDesign KERNEL = LaunchDesign.kernelLe(KernelLe.Channel.PIPES);
  private static final LaunchDesign USER = LaunchDesign.userLe(UserLe.aesmd());
  private static final LaunchDesign DIRECT = LaunchDesign.direct(MsrPolicy.ALWAYS);

  private static KernelConfig config(LaunchDesign design) {
    KernelConfig config = KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
    return config
        .withLaunch(design)
        .withMachine(MachineConfig.builder().processors(1).build())
        .withInterrupts(0, 0)
        .withCosts(config.costs().jitter(0));
  }

  private static Bytes token(Rig rig, Bytes signer) {
    return Tokens.by(signer, rig.machine.config(), TINY);
  }

  private static CoreMessage.Counters core(Rig rig) {
    return rig.cores().get(0);
  }

  private static Bytes hashOf(Rig rig, int core) {
    Bytes hash = Bytes.zeros(0);
    for (int word = 0; word < 4; word++) {
      long value =
          rig.machine.processor(core).rdmsr(LaunchControlMsrs.LE_PUBKEY_HASH0 + word).value();
      byte[] bytes = new byte[8];
      for (int i = 0; i < 8; i++) {
        bytes[i] = (byte) (value >>> 8 * i);
      }
      hash = Bytes.concat(hash, Bytes.copyOf(bytes));
    }
    return hash;
  }

  private static Rig.Process opened(Rig rig) {
    Rig.Process process = rig.process();
    assertThat(rig.open(process).isErrno()).isFalse();
    rig.block(process.task());
    rig.system().runToQuiescence().orThrow();
    return process;
  }

  @Test
  void everyPairThatMakesSenseLaunches() {
    List<LaunchDesign> designs = new ArrayList<>();
    for (MsrPolicy policy : MsrPolicy.values()) {
      designs.add(KERNEL.withHash(HashSource.BOOT, policy));
      designs.add(USER.withHash(HashSource.BOOT, policy));
      designs.add(USER.withHash(HashSource.IOCTL, policy));
      designs.add(DIRECT.withHash(HashSource.IOCTL, policy));
      designs.add(KERNEL.withHash(HashSource.IOCTL, policy).withTokenFromUser(true));
    }
    for (MsrPolicy policy : WRITING) {
      designs.add(KERNEL.withHash(HashSource.KERNEL_LE, policy));
      designs.add(USER.withHash(HashSource.PER_FD, policy));
      designs.add(DIRECT.withHash(HashSource.PER_FD, policy));
      designs.add(KERNEL.withHash(HashSource.PER_FD, policy).withTokenFromUser(true));
      designs.add(DIRECT.withHash(HashSource.SIGNER, policy));
    }
    for (LaunchDesign design : designs) {
      try (Rig rig = new Rig(config(design))) {
        boolean tokens = !design.isDirect() && design.tokenFromUser();
        Bytes who = design.isDirect() ? TINY.sigStruct().mrsigner() : LE;
        Rig.Process process = opened(rig);
        if (design.hashSource() == HashSource.PER_FD) {
          assertThat(rig.ioctl(process, new SgxIoctl.SetFileHash(who)).isZero()).isTrue();
        }
        if (design.hashSource() == HashSource.IOCTL) {
          assertThat(rig.ioctl(process, new SgxIoctl.SetMachineHash(who, true)).isZero()).isTrue();
        }
        for (int i = 0; i < 2; i++) {
          assertThat(
                  tokens
                      ? Tokens.launch(rig, process, TINY, token(rig, LE)).value()
                      : rig.launch(process, TINY).result().value())
              .as("%s", design)
              .isZero();
        }
      }
    }
  }

  @Test
  void neverWritesNothingLazyAfterARefusalCachedOnceAndAlwaysAtEachEinit() {
    for (MsrPolicy policy : WRITING) {
      try (Rig rig = new Rig(config(DIRECT.withHash(HashSource.SIGNER, policy)))) {
        Rig.Process process = opened(rig);
        for (int i = 1; i <= 5; i++) {
          assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
          assertThat(core(rig).msrWrites()).isEqualTo(policy == MsrPolicy.ALWAYS ? 4 * i : 4);
          assertThat(core(rig).einits()).isEqualTo(policy == MsrPolicy.LAZY ? i + 1 : i);
        }
      }
    }
    try (Rig rig = new Rig(config(KERNEL.withHash(HashSource.BOOT, MsrPolicy.NEVER)))) {
      assertThat(rig.launch(opened(rig), TINY).result().isZero()).isTrue();
      assertThat(core(rig).msrWrites()).isZero();
    }
  }

  @Test
  void cachedWritesOnlyTheWordsThatDiffer() {
    KernelConfig config = config(USER.withHash(HashSource.PER_FD, MsrPolicy.CACHED));
    Bytes near = LE.withFlippedBit(9, 0);
    try (Rig rig = new Rig(config)) {
      Rig.Process one = opened(rig);
      rig.ioctl(one, new SgxIoctl.SetFileHash(LE));
      rig.block(one.task());
      Rig.Process two = opened(rig);
      rig.ioctl(two, new SgxIoctl.SetFileHash(near));
      rig.block(two.task());
      assertThat(Tokens.launch(rig, one, TINY, token(rig, LE)).isZero()).isTrue();
      assertThat(Tokens.launch(rig, two, TINY, token(rig, near)).isZero()).isTrue();
      assertThat(core(rig).msrWrites()).as("four, then the second word").isEqualTo(5);
      assertThat(core(rig).wastedCycles()).isZero();
    }
  }

  private static void guest(Rig rig, Bytes hash) {
    KernelConfig config = config(DIRECT);
    TaskRef vcpu = new TaskRef(900, 900, TaskRef.Kind.GUEST);
    rig.finish(
        rig.<Executed>ask(
            call ->
                rig.doors
                    .scheduler()
                    .tell(
                        new SchedulerMessage.Run(
                            vcpu,
                            RequestId.BOOT,
                            GuestEinit.burst(hash, config),
                            false,
                            call,
                            rig.self()))));
    rig.block(vcpu);
  }

  @Test
  void aGuestsEinitOccupiesACoreAndLeavesItsHashBehind() {
    KernelConfig config = config(DIRECT);
    try (Rig rig = new Rig(config)) {
      long before = rig.system().nowNanos();
      guest(rig, OTHER);
      assertThat(hashOf(rig, 0)).isEqualTo(OTHER);
      assertThat(core(rig).msrWrites()).isEqualTo(4);
      double cycles = 1_500 + 4 * 400 + 88_000 + 6_000;
      assertThat((rig.system().nowNanos() - before) * config.ghz()).isBetween(91_000.0, cycles);
    }
  }

  @Test
  void aGuestMakesTheCacheStaleWhichCode16RepairsAtTheCostOfOneEinit() {
    KernelConfig config = config(DIRECT.withHash(HashSource.SIGNER, MsrPolicy.CACHED));
    try (Rig rig = new Rig(config)) {
      Rig.Process process = opened(rig);
      rig.launch(process, TINY);
      rig.block(process.task());
      guest(rig, OTHER);
      CoreMessage.Counters before = core(rig);
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      assertThat(core(rig).einits() - before.einits()).isEqualTo(2);
      assertThat(core(rig).msrWrites() - before.msrWrites()).isEqualTo(4);
    }
    try (Rig rig = new Rig(config(DIRECT))) {
      Rig.Process process = opened(rig);
      rig.launch(process, TINY);
      rig.block(process.task());
      guest(rig, OTHER);
      long einits = core(rig).einits();
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      assertThat(core(rig).einits() - einits).as("always: nothing to repair").isEqualTo(1);
    }
  }

  @Test
  void anEnclaveWithTheLaunchKeyFindsTheStaleCacheByCode2WhichB85DoesNotRepair() {
    KernelConfig config = config(DIRECT.withHash(HashSource.SIGNER, MsrPolicy.CACHED));
    for (Bugs bugs : List.of(Bugs.of(List.of("B-85")), Bugs.fixed())) {
      try (Rig rig = new Rig(config.withBugs(bugs))) {
        Rig.Process process = opened(rig);
        assertThat(rig.launch(process, SampleEnclaves.launchEnclave()).result().isZero()).isTrue();
        rig.block(process.task());
        guest(rig, OTHER);
        long result = rig.launch(process, SampleEnclaves.launchEnclave()).result().value();
        assertThat(result).isEqualTo(bugs.has("B-85") ? SgxCode.INVALID_ATTRIBUTE : 0);
      }
    }
  }

  @Test
  void aTokenPageThatIsNotClearedMakesEinitLookAtGarbageHalfOfTheTime() {
    KernelConfig config = config(DIRECT).withBugs(Bugs.of(List.of("B-33")));
    int refused = 0;
    try (Rig rig = new Rig(config)) {
      Rig.Process process = opened(rig);
      for (int i = 0; i < 100; i++) {
        long result = rig.launch(process, TINY).result().value();
        assertThat(result).isIn(0L, (long) SgxCode.INVALID_EINITTOKEN);
        refused += result == 0 ? 0 : 1;
      }
    }
    assertThat(refused).as("the valid bit of a random page: 50, 4 SE are 20").isBetween(30, 70);
  }

  @Test
  void aHashThatNoInitWritesIsLostInASleepUnlessTheDriverWritesItAgain() {
    for (HashSource source : new HashSource[] {HashSource.BOOT, HashSource.IOCTL}) {
      LaunchDesign design = USER.withHash(source, MsrPolicy.NEVER);
      for (Bugs bugs : List.of(Bugs.of(List.of("B-53")), Bugs.fixed())) {
        try (Rig rig = new Rig(config(design).withBugs(bugs))) {
          Rig.Process process = opened(rig);
          if (source == HashSource.IOCTL) {
            rig.ioctl(process, new SgxIoctl.SetMachineHash(LE, true));
          }
          assertThat(hashOf(rig, 0)).isEqualTo(LE);
          assertThat(Tokens.launch(rig, process, TINY, token(rig, LE)).isZero()).isTrue();
          rig.suspend();
          assertThat(rig.resume().isZero()).isTrue();
          boolean lost = bugs.has("B-53");
          assertThat(Tokens.launch(rig, process, TINY, token(rig, LE)).value())
              .isEqualTo(lost ? SgxCode.INVALID_EINITTOKEN : 0);
          assertThat(hashOf(rig, 0)).isEqualTo(lost ? LaunchControlMsrs.INTEL_HASH : LE);
        }
      }
    }
    assertThat(Bugs.asShipped(Preset.OUT_OF_TREE).has("B-53")).isTrue();
  }

  @Test
  void aFileHasOneHashAndAnInitOnAFileWithoutFails() {
    KernelConfig config = config(USER.withHash(HashSource.PER_FD, MsrPolicy.ALWAYS));
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      SgxIoctl.SetFileHash le = new SgxIoctl.SetFileHash(LE);
      assertThat(rig.ioctl(process, le).errno()).as("no file").isEqualTo(Errno.EBADF);
      int first = (int) rig.open(process).value();
      int second = (int) rig.open(process).value();
      assertThat(Tokens.launch(rig, process, TINY, token(rig, LE)).errno())
          .as("nobody said whose")
          .isEqualTo(Errno.EINVAL);
      assertThat(rig.ioctl(process, new SgxIoctl.SetFileHash(null)).errno())
          .isEqualTo(Errno.EFAULT);
      assertThat(rig.ioctl(process, le).isZero()).isTrue();
      assertThat(rig.ioctl(process, le).errno()).as("once").isEqualTo(Errno.EINVAL);
      SgxIoctl other = new SgxIoctl.OnFile(second, new SgxIoctl.SetFileHash(OTHER));
      assertThat(rig.ioctl(process, other).isZero()).isTrue();
      assertThat(rig.ioctl(process, new SgxIoctl.OnFile(99, le)).errno()).isEqualTo(Errno.EBADF);
      for (int file : new int[] {first, second}) {
        for (Bytes signer : List.of(LE, OTHER)) {
          long base = Ioctls.added(rig, process, TINY);
          SgxIoctl init = new SgxIoctl.InitWithToken(base, TINY.sigStruct(), token(rig, signer));
          assertThat(rig.ioctl(process, new SgxIoctl.OnFile(file, init)).isZero())
              .isEqualTo(signer == (file == first ? LE : OTHER));
        }
      }
      assertThat(rig.ioctl(process, new SgxIoctl.SetMachineHash(LE, true)).errno())
          .as("another design's ioctl")
          .isEqualTo(Errno.ENOIOCTLCMD);
    }
  }

  @Test
  void onlyAPrivilegedProcessSaysForTheMachineAndAWrongHashHarmsEverybody() {
    for (MsrPolicy policy : new MsrPolicy[] {MsrPolicy.NEVER, MsrPolicy.ALWAYS}) {
      KernelConfig config =
          config(USER.withHash(HashSource.IOCTL, policy))
              .withMachine(MachineConfig.builder().processors(3).build());
      try (Rig rig = new Rig(config)) {
        Rig.Process admin = opened(rig);
        Rig.Process victim = opened(rig);
        assertThat(rig.ioctl(victim, new SgxIoctl.SetMachineHash(OTHER, false)).errno())
            .isEqualTo(Errno.EPERM);
        assertThat(rig.ioctl(admin, new SgxIoctl.SetMachineHash(LE, true)).isZero()).isTrue();
        if (policy == MsrPolicy.NEVER) {
          for (int core = 0; core < 3; core++) {
            assertThat(hashOf(rig, core)).as("before the call returns").isEqualTo(LE);
          }
        }
        Bytes token = token(rig, LE);
        assertThat(Tokens.launch(rig, victim, TINY, token).isZero()).isTrue();
        assertThat(rig.ioctl(admin, new SgxIoctl.SetMachineHash(OTHER, true)).isZero()).isTrue();
        for (int i = 0; i < 3; i++) {
          assertThat(Tokens.launch(rig, victim, TINY, token).value())
              .isEqualTo(SgxCode.INVALID_EINITTOKEN);
        }
        assertThat(rig.ioctl(admin, new SgxIoctl.SetMachineHash(LE, true)).isZero()).isTrue();
        assertThat(Tokens.launch(rig, victim, TINY, token).isZero()).as("repaired").isTrue();
      }
    }
  }

  @Test
  void untilSomebodySaysForTheMachineFirmwaresHashIsWhatThereIs() {
    LaunchDesign withoutDaemon =
        LaunchDesign.direct(MsrPolicy.ALWAYS)
            .withHash(HashSource.IOCTL, MsrPolicy.ALWAYS)
            .withTokenFromUser(true);
    KernelConfig config = config(withoutDaemon);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = opened(rig);
      Bytes intel = token(rig, LaunchControlMsrs.INTEL_HASH);
      assertThat(Tokens.launch(rig, process, TINY, intel).isZero()).isTrue();
      assertThat(Tokens.launch(rig, process, TINY, NONE).value())
          .isEqualTo(SgxCode.INVALID_EINITTOKEN);
      assertThat(core(rig).msrWrites()).isZero();
    }
  }
}
