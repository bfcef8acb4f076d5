package dev.ksgx.kernel;

import static dev.ksgx.kernel.Ioctls.patch32;
import static dev.ksgx.kernel.Ioctls.patch64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Returned;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SGX_IOC_ENCLAVE_CREATE: checks and errnos of driver.md 1.5, in their order. */
class CreateIoctlTest {
  private static final int SIZE = 0;
  private static final int BASE = 8;
  private static final int SSA_FRAME_SIZE = 16;
  private static final int MISC = 20;
  private static final int FLAGS = 48;
  private static final int XFRM = 56;

  /** A way to break one rule, and how its refusal begins. */
  private record Breach(String rule, UnaryOperator<Bytes> spoil) {}

  /** In the order in which the driver checks. */
  private static final List<Breach> RULES =
      List.of(
          new Breach("SECS.SIZE must be a power of two", s -> patch64(s, SIZE, 3 * 4096)),
          new Breach("SECS.BASEADDR must be a multiple", s -> patch64(s, BASE, 4096)),
          new Breach("SECS.ATTRIBUTES has a reserved bit", s -> patch64(s, FLAGS, 1 << 7 | 4)),
          new Breach("SECS.MISCSELECT has a bit", s -> patch32(s, MISC, 1)),
          new Breach("a 64-bit process needs MODE64BIT", s -> patch64(s, FLAGS, 0)),
          new Breach("SECS.SIZE exceeds", s -> patch64(patch64(s, SIZE, 1L << 37), BASE, 1L << 37)),
          new Breach("SECS.XFRM must have x87 and SSE", s -> patch64(s, XFRM, 1)),
          new Breach("SECS.XFRM has a bit that CPUID", s -> patch64(s, XFRM, 0x200 | 8 | 3)),
          new Breach("SECS.XFRM must have both bits of MPX", s -> patch64(s, XFRM, 8 | 3)),
          new Breach("SECS.SSAFRAMESIZE is too small", s -> patch32(s, SSA_FRAME_SIZE, 0)),
          new Breach("a reserved byte of the SECS", s -> s.withFlippedBit(4095, 0)));

  static IntStream rules() {
    return IntStream.range(0, RULES.size());
  }

  private static KernelConfig config() {
    return KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
  }

  private static KernelConfig smallEpc(int frames) {
    return config()
        .withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * frames).build());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void refusesTheFirstRuleThatIsBroken(int first) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      Bytes good = Ioctls.secs(rig.mmap(process, Ioctls.ELRANGE).value());
      Bytes alone = RULES.get(first).spoil().apply(good);
      Bytes withAllBehind = good;
      for (int i = RULES.size() - 1; i >= first; i--) {
        withAllBehind = RULES.get(i).spoil().apply(withAllBehind);
      }
      for (Bytes secs : List.of(alone, withAllBehind)) {
        CallResult result = rig.ioctl(process, new SgxIoctl.Create(secs));
        assertThat(result.errno()).isEqualTo(Errno.EINVAL);
        assertThat(result.check()).startsWith("CREATE: ").contains(RULES.get(first).rule());
      }
      assertThat(rig.epc().peakUsed()).as("refused before any frame is taken").isZero();
    }
  }

  @Test
  void whatTheProcessorHasIsTaken() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      Bytes withAvxAndKeys = patch64(patch64(Ioctls.secs(base), XFRM, 7), FLAGS, 4 | 2 | 16 | 32);
      assertThat(rig.ioctl(process, new SgxIoctl.Create(withAvxAndKeys)).isZero()).isTrue();
    }
  }

  @Test
  void aSecsThatCannotBeCopiedGivesTheBytesLeftAsShipped() {
    for (Bugs bugs : List.of(Bugs.asShipped(Preset.V5), Bugs.fixed())) {
      try (Rig rig = new Rig(config().withBugs(bugs))) {
        CallResult result = rig.ioctl(rig.process(), new SgxIoctl.Create(null));
        assertThat(result.value()).isEqualTo(bugs.has(Bugs.POSITIVE_COPY_RESULT) ? 4096 : -14);
      }
    }
  }

  @Test
  void ecreateHasRunWhenAMappingThatDoesNotFitIsDetected() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.mmap(process, Ioctls.ELRANGE);
      long base = rig.mmap(process, 2 * Ioctls.ELRANGE).value();
      long before = rig.system().nowNanos();
      CallResult result = rig.ioctl(process, new SgxIoctl.Create(Ioctls.secs(base)));
      assertThat(result.errno()).isEqualTo(Errno.EINVAL);
      assertThat(result.check()).contains("must cover exactly the enclave's range");
      long leaves = Cost.EPA.cycles() + Cost.ECREATE.cycles() + 2 * Cost.EREMOVE.cycles();
      assertThat(rig.system().nowNanos() - before).isGreaterThan((long) (leaves / 3.8));
      assertThat(rig.epc().peakUsed()).isEqualTo(2);
      AtRest.checkEmpty(rig, "after the refusal");
    }
  }

  @Test
  void withoutAMappingItIsRefused() {
    try (Rig rig = new Rig(config())) {
      CallResult result =
          rig.ioctl(rig.process(), new SgxIoctl.Create(Ioctls.secs(Ioctls.ELRANGE)));
      assertThat(result.errno()).isEqualTo(Errno.EINVAL);
      assertThat(result.check()).contains("no SGX mapping at the enclave's base");
      AtRest.checkEmpty(rig, "after the refusal");
    }
  }

  @Test
  void aMappingTakesOneEnclaveAndKeepsIt() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      CallResult second = rig.ioctl(process, new SgxIoctl.Create(Ioctls.secs(base)));
      assertThat(second.errno()).isEqualTo(Errno.EINVAL);
      assertThat(second.check()).contains("has an enclave already");
      assertThat(rig.epc().peakUsed()).as("a wasted ECREATE").isEqualTo(4);
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.CREATED);
      AtRest.check(rig, "after the second CREATE");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void withoutAFreeFrameItFailsAndKeepsNothing(int framesShort) {
    try (Rig rig = new Rig(smallEpc(4 - framesShort))) {
      Rig.Process process = rig.process();
      Ioctls.created(rig, process);
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      CallResult result = rig.ioctl(process, new SgxIoctl.Create(Ioctls.secs(base)));
      assertThat(result.errno()).isEqualTo(Errno.ENOMEM);
      AtRest.check(rig, "after -ENOMEM");
      rig.exit(process);
      AtRest.checkEmpty(rig, "after exit");
    }
  }

  @Test
  void withB12ItLoopsUntilASignal() {
    try (Rig rig = new Rig(smallEpc(3).withBugs(Bugs.of(List.of(Bugs.ALLOCATOR_LOOPS))))) {
      Rig.Process process = rig.process();
      Ioctls.created(rig, process);
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      Rig.Pending<Returned> create =
          rig.startIoctl(process, process.task(), new SgxIoctl.Create(Ioctls.secs(base)));
      rig.system().runUntil(rig.system().nowNanos() + 50_000_000);
      assertThat(create.isDone()).as("still looping after 50 ms").isFalse();
      rig.signal(process.task());
      assertThat(rig.finish(create).result().errno()).isEqualTo(Errno.ERESTARTSYS);
      AtRest.check(rig, "after the signal");
    }
  }

  @Test
  void withB12ItGoesOnWhenAFrameComesFree() {
    try (Rig rig = new Rig(smallEpc(3).withBugs(Bugs.of(List.of(Bugs.ALLOCATOR_LOOPS))))) {
      Rig.Process hog = rig.process();
      Ioctls.created(rig, hog);
      Rig.Process process = rig.process();
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      Rig.Pending<Returned> create =
          rig.startIoctl(process, process.task(), new SgxIoctl.Create(Ioctls.secs(base)));
      rig.system().runUntil(rig.system().nowNanos() + 1_000_000);
      assertThat(create.isDone()).isFalse();
      rig.exit(hog);
      assertThat(rig.finish(create).result().isZero()).isTrue();
    }
  }

  @Test
  void aFaultingLeafGivesEfaultAndKeepsNothing() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      rig.doors.cores().forEach(core -> core.tell(CoreMessage.FailNextLeaf.CONFLICT));
      CallResult result = rig.ioctl(process, new SgxIoctl.Create(Ioctls.secs(base)));
      assertThat(result.errno()).isEqualTo(Errno.EFAULT);
      assertThat(result.check()).startsWith("CREATE: EPA: #GP(0)");
      AtRest.checkEmpty(rig, "after the fault");
    }
  }
}
