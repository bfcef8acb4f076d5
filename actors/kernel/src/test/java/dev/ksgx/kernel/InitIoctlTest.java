package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.runtime.probe.ProbeListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SGX_IOC_ENCLAVE_INIT: order and results of driver.md 1.5 and 4. */
class InitIoctlTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();

  private static KernelConfig config() {
    return KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
  }

  private static SgxIoctl.Init init(long address, SigStruct sigStruct) {
    return new SgxIoctl.Init(address, sigStruct, false);
  }

  /** What INIT of a tiny enclave returns if it gets these bytes for a SIGSTRUCT. */
  private static CallResult initWith(SigStruct sigStruct) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      CallResult result = rig.ioctl(process, init(base, sigStruct));
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.CREATED);
      assertThat(rig.ioctl(process, init(base, TINY.sigStruct())).isZero())
          .as("a refused INIT may be followed by a good one")
          .isTrue();
      return result;
    }
  }

  private static SigStruct flipped(int offset) {
    return SigStruct.parse(TINY.sigStruct().bytes().withFlippedBit(offset, 0));
  }

  @Test
  void theSigStructIsCopiedBeforeTheEnclaveIsLookedFor() {
    for (Bugs bugs : List.of(Bugs.asShipped(Preset.V5), Bugs.fixed())) {
      try (Rig rig = new Rig(config().withBugs(bugs))) {
        CallResult result = rig.ioctl(rig.process(), init(1, null));
        assertThat(result.value()).isEqualTo(bugs.has(Bugs.POSITIVE_COPY_RESULT) ? 1808 : -14);
      }
    }
  }

  @Test
  void anAddressWithoutEnclaveIsRefusedBeforeATokenIsAskedFor() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      SigStruct good = TINY.sigStruct();
      assertThat(rig.ioctl(process, init(base + 8, good)).errno()).isEqualTo(Errno.EINVAL);
      assertThat(rig.ioctl(process, init(0x1000, good)).errno()).isEqualTo(Errno.EINVAL);
      assertThat(rig.ioctl(process, init(base, good)).errno()).isEqualTo(Errno.ENOENT);
      assertThat(rig.launchControl().requests()).isZero();
    }
  }

  @Test
  void anyPageOfTheEnclaveNamesIt() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      long last = base + TINY.image().sizeBytes() - 4096;
      assertThat(rig.ioctl(process, init(last, TINY.sigStruct())).isZero()).isTrue();
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
    }
  }

  @Test
  void theTokenIsAskedForBeforeTheFlushAndOverlapsTheAdds() {
    try (Rig rig = new Rig(config())) {
      List<String> marks = new ArrayList<>();
      rig.system()
          .probe()
          .addListener(
              new ProbeListener() {
                @Override
                public void mark(long request, String label, long atNanos) {
                  if (request != 0) {
                    marks.add(label);
                  }
                }
              });
      Rig.Process process = rig.process();
      rig.open(process);
      rig.system().runToQuiescence().orThrow();
      long base = Ioctls.added(rig, process, SampleEnclaves.pages(40));
      Rig.Pending<Returned> init =
          rig.startIoctl(process, process.task(), init(base, SampleEnclaves.pages(40).sigStruct()));
      rig.runUntil(() -> !marks.isEmpty());
      assertThat(rig.state(process, base).pages()).isLessThan(40);
      assertThat(rig.finish(init).result().isZero()).isTrue();
      assertThat(marks).containsExactly("token", "add");
    }
  }

  @Test
  void theSecondInitAsksForATokenAndReturnsZeroWithoutEinit() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      assertThat(rig.ioctl(process, init(base, TINY.sigStruct())).isZero()).isTrue();
      long einits = rig.cores().stream().mapToLong(CoreMessage.Counters::einits).sum();
      assertThat(rig.ioctl(process, init(base, flipped(600))).isZero()).isTrue();
      assertThat(rig.launchControl().requests()).isEqualTo(2);
      assertThat(rig.cores().stream().mapToLong(CoreMessage.Counters::einits).sum())
          .isEqualTo(einits);
    }
  }

  @Test
  void aHeaderThatIsNotLegalGivesCode1() {
    assertThat(initWith(flipped(0)).value()).isEqualTo(SgxCode.INVALID_SIG_STRUCT);
  }

  @Test
  void aSignedByteThatIsNotWhatWasSignedGivesCode8() {
    assertThat(initWith(flipped(20)).value()).isEqualTo(SgxCode.INVALID_SIGNATURE);
  }

  @Test
  void aSignatureForAnotherEnclaveGivesCode4() {
    CallResult result = initWith(SampleEnclaves.pages(5).sigStruct());
    assertThat(result.value()).isEqualTo(SgxCode.INVALID_MEASUREMENT);
    assertThat(result.name()).isEqualTo("SGX_INVALID_MEASUREMENT");
    assertThat(result.check()).startsWith("INIT: EINIT:");
  }

  @Test
  void withoutAnyLaunchEnclaveItFailsWithEio() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.added(rig, process, TINY);
      CallResult result = rig.ioctl(process, init(base, TINY.sigStruct()));
      assertThat(result.errno()).isEqualTo(Errno.EIO);
      assertThat(result.check()).contains("no launch enclave was started");
    }
  }

  @Test
  void lockedToTheLaunchEnclavesKeyItNeverWritesAnMsr() {
    KernelConfig locked =
        config()
            .withMachine(
                MachineConfig.builder()
                    .launchHash(SampleEnclaves.launchEnclave().sigStruct().mrsigner())
                    .launchControlLocked()
                    .build());
    try (Rig rig = new Rig(locked)) {
      Rig.Process process = rig.process();
      rig.open(process);
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
      assertThat(rig.cores().stream().mapToLong(CoreMessage.Counters::msrWrites).sum()).isZero();
      assertThat(rig.cores().stream().mapToLong(CoreMessage.Counters::einits).sum()).isEqualTo(2);
    }
  }

  @Test
  void lockedToAnotherKeyThereIsNoDriverToOpen() {
    KernelConfig locked =
        config().withMachine(MachineConfig.builder().launchControlLocked().build());
    try (Rig rig = new Rig(locked)) {
      Rig.Process process = rig.process();
      CallResult open = rig.open(process);
      assertThat(open.errno()).isEqualTo(Errno.ENODEV);
      assertThat(open.check()).contains("locked to another key");
      assertThat(rig.launchControl().coldStarts()).isZero();
      assertThat(rig.cores().stream().mapToLong(CoreMessage.Counters::msrWrites).sum()).isZero();
    }
  }
}
