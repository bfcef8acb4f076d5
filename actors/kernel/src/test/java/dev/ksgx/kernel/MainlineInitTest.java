package dev.ksgx.kernel;

import static dev.ksgx.kernel.Ioctls.patch32;
import static dev.ksgx.kernel.Ioctls.patch64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Returned;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** INIT with mainline's checks and results, one ioctl at a time (driver.md 1.6). */
class MainlineInitTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();
  private static final long SLEEP_NANOS = 20_000_000;
  private static final int VENDOR = 16;
  private static final int MISCSELECT = 900;
  private static final int MISCMASK = 904;
  private static final int FLAGS = 928;
  private static final int XFRM = 936;
  private static final int FLAGS_MASK = 944;
  private static final int XFRM_MASK = 952;

  /** With the bug that tells how much of a copy was left: mainline does not. */
  private static KernelConfig config() {
    return KernelConfig.preset(Preset.MAINLINE)
        .withBugs(Bugs.of(List.of(Bugs.POSITIVE_COPY_RESULT)));
  }

  /** Interrupts so frequent that no EINIT ends. */
  private static KernelConfig storm() {
    KernelConfig config = config();
    return config
        .withMachine(MachineConfig.builder().processors(4).build())
        .withCosts(config.costs().jitter(0).with(Cost.EINIT, 3_000_000))
        .withInterrupts(0, 50_000);
  }

  private static void refused(CallResult result, Errno errno, String rule) {
    assertThat(result.errno()).as(result.toString()).isEqualTo(errno);
    assertThat(result.check()).contains(rule);
  }

  private static SgxIoctl.Init init(long base, Bytes sigStruct) {
    return new SgxIoctl.Init(base, SigStruct.parse(sigStruct), false);
  }

  private static SgxIoctl.Init good(long base) {
    return new SgxIoctl.Init(base, TINY.sigStruct(), false);
  }

  private static Bytes sigStruct() {
    return TINY.sigStruct().bytes();
  }

  /** What INIT of the tiny enclave returns for these bytes; a good one works after it. */
  private static CallResult initWith(Bytes sigStruct) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      CallResult result = rig.ioctl(process, init(base, sigStruct));
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.CREATED);
      assertThat(rig.ioctl(process, good(base)).isZero()).as("a good one").isTrue();
      return result;
    }
  }

  /** An enclave without pages and with these attributes beside those of a usual one. */
  private static long created(Rig rig, Rig.Process process, long flags) {
    EnclaveImage image = EnclaveImage.builder("attributes").sizeBytes(Ioctls.ELRANGE).build();
    long base = rig.mmap(process, Ioctls.ELRANGE).value();
    Attributes usual = image.attributes();
    Secs secs =
        Secs.builder()
            .baseAddress(base)
            .sizeBytes(Ioctls.ELRANGE)
            .ssaFrameSize(1)
            .attributes(new Attributes(usual.flags() | flags, usual.xfrm()))
            .build();
    assertThat(rig.ioctl(process, new SgxIoctl.Create(secs.bytes())).isZero()).isTrue();
    return base;
  }

  @Test
  void aSecondInitIsRefused() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = rig.launch(process, TINY).address();
      refused(rig.ioctl(process, good(base)), Errno.EINVAL, "is initialized");
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.INITIALIZED);
    }
  }

  @Test
  void theEnclaveIsLookedAtBeforeTheSigStructIsCopied() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long empty = rig.mmap(process, Ioctls.ELRANGE).value();
      long fresh = Ioctls.created(rig, process);
      long over = rig.launch(process, TINY).address();
      Map.of(empty, Errno.EINVAL, over, Errno.EINVAL, fresh, Errno.EFAULT)
          .forEach(
              (base, errno) ->
                  assertThat(rig.ioctl(process, new SgxIoctl.Init(base, null, false)).errno())
                      .isEqualTo(errno));
    }
  }

  @Test
  void theVendorIsNobodyOrIntel() {
    refused(initWith(patch32(sigStruct(), VENDOR, 1)), Errno.EINVAL, "VENDOR");
    refused(initWith(patch32(sigStruct(), VENDOR, 0x8086)), Errno.EPERM, "step");
  }

  @ParameterizedTest
  @ValueSource(longs = {Attributes.PROVISIONKEY, Attributes.EINITTOKENKEY})
  void nobodyHasPermissionToTheseAttributes(long flag) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = created(rig, process, flag);
      Bytes wrongBits = patch32(patch32(sigStruct(), MISCSELECT, -1), MISCMASK, -1);
      refused(rig.ioctl(process, init(base, wrongBits)), Errno.EACCES, "permission");
      Bytes wrongVendor = patch32(wrongBits, VENDOR, 1);
      refused(rig.ioctl(process, init(base, wrongVendor)), Errno.EINVAL, "VENDOR");
    }
  }

  @Test
  void whereLaunchEnclavesAreNeededTheyMayHaveTheirKey() {
    KernelConfig config = config().withLaunch(LaunchDesign.kernelLe(KernelLe.Channel.PIPES));
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      assertThat(rig.open(process).isErrno()).isFalse();
      assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
    }
  }

  @Test
  void whatTheSigStructDemandsIsWhatTheProcessorHas() {
    Map<String, Bytes> demanded =
        Map.of(
            "EBX:EAX", patch64(patch64(sigStruct(), FLAGS, 1 << 9), FLAGS_MASK, 1 << 9),
            "12H.0:EBX", patch32(patch32(sigStruct(), MISCSELECT, 1), MISCMASK, 1),
            "EDX:ECX", patch64(patch64(sigStruct(), XFRM, 1 << 9), XFRM_MASK, 1 << 9));
    demanded.forEach((where, bytes) -> refused(initWith(bytes), Errno.EINVAL, where));
    Bytes notMasked = patch64(patch64(sigStruct(), FLAGS, 1 << 9), FLAGS_MASK, 0);
    refused(initWith(notMasked), Errno.EPERM, "EINIT");
  }

  @Test
  void everyCodeOfEinitIsEperm() {
    Bytes another = SampleEnclaves.pages(5).sigStruct().bytes();
    refused(initWith(another), Errno.EPERM, "SGX_INVALID_MEASUREMENT");
    refused(initWith(sigStruct().withFlippedBit(20, 0)), Errno.EPERM, "SGX_INVALID_SIGNATURE");
    refused(initWith(sigStruct().withFlippedBit(0, 0)), Errno.EPERM, "SGX_INVALID_SIG_STRUCT");
  }

  @Test
  void aFaultOfEinitIsEio() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      rig.doors.cores().forEach(core -> core.tell(CoreMessage.FailNextLeaf.CONFLICT));
      refused(rig.ioctl(process, good(base)), Errno.EIO, "EINIT: #GP(0)");
      assertThat(rig.ioctl(process, good(base)).isZero()).as("it may be retried").isTrue();
    }
  }

  @Test
  void spentTriesAreEperm() {
    try (Rig rig = new Rig(storm())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      refused(rig.ioctl(process, good(base)), Errno.EPERM, "1,000 tries");
    }
  }

  @Test
  void oneIoctlAtATimeIsLetInOnAnEnclave() {
    try (Rig rig = new Rig(storm())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      Rig.Pending<Returned> loop = rig.startIoctl(process, process.task(), good(base));
      rig.system().runUntil(rig.system().nowNanos() + SLEEP_NANOS);
      for (SgxIoctl other :
          List.of(
              new SgxIoctl.Init(base, null, false),
              new SgxIoctl.AddPage(base, null, null, 0),
              new SgxIoctl.AddPages(base, 0, null, null, 0))) {
        CallResult result =
            rig.finish(rig.startIoctl(process, rig.thread(process), other)).result();
        refused(result, Errno.EBUSY, "another ioctl");
      }
      assertThat(loop.isDone()).isFalse();
      rig.signal(process.task());
      refused(rig.finish(loop).result(), Errno.ERESTARTSYS, "signal");
      CallResult after = rig.ioctl(process, Ioctls.page(base));
      refused(after, Errno.EBUSY, "was added already");
      AtRest.check(rig, "after the signal");
    }
  }

  @Test
  void anEnclaveIsNoConcernOfAnother() {
    try (Rig rig = new Rig(storm())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = Ioctls.added(rig, process, TINY);
      long other = Ioctls.created(rig, process);
      Rig.Pending<Returned> loop = rig.startIoctl(process, process.task(), good(base));
      rig.system().runUntil(rig.system().nowNanos() + SLEEP_NANOS);
      SgxIoctl add = Ioctls.page(other);
      assertThat(rig.finish(rig.startIoctl(process, rig.thread(process), add)).result().isZero())
          .isTrue();
      assertThat(loop.isDone()).isFalse();
    }
  }

  @Test
  void numbersOfOtherGenerationsAreUnknown() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      for (int number : new int[] {0x4008A403, SgxIoctl.INIT_WITH_TOKEN}) {
        refused(
            rig.ioctl(process, new SgxIoctl.Unknown(number)),
            Errno.ENOIOCTLCMD,
            "0x%X".formatted(number));
      }
    }
  }
}
