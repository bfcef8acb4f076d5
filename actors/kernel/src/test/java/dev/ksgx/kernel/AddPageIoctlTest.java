package dev.ksgx.kernel;

import static dev.ksgx.kernel.Ioctls.patch32;
import static dev.ksgx.kernel.Ioctls.patch64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** SGX_IOC_ENCLAVE_ADD_PAGE: checks and errnos of driver.md 1.5, in their order. */
class AddPageIoctlTest {
  /** A way to break one rule, and what its refusal says. */
  private record Breach(String rule, UnaryOperator<Bytes> spoil) {}

  private static final List<Breach> SECINFO_RULES =
      List.of(
          new Breach("SECINFO.FLAGS has a reserved bit", s -> s.withFlippedBit(0, 3)),
          new Breach("SECINFO has W without R", s -> s.withFlippedBit(0, 0)),
          new Breach("the page type must be TCS or REG", s -> s.with(1, Bytes.fromHex("03"))),
          new Breach("a reserved byte of the SECINFO", s -> s.withFlippedBit(63, 0)));

  private static final List<Breach> TCS_RULES =
      List.of(
          new Breach("TCS.FLAGS has a reserved bit", t -> t.withFlippedBit(8, 1)),
          new Breach("TCS.FLAGS.DBGOPTIN", t -> t.withFlippedBit(8, 0)),
          new Breach("TCS.OSSA", t -> patch64(t, 16, Ioctls.ELRANGE)),
          new Breach("TCS.OFSBASE", t -> patch64(t, 48, 8)),
          new Breach("TCS.OGSBASE", t -> patch64(t, 56, -4096)),
          new Breach("the low 12 bits of TCS.FSLIMIT", t -> patch32(t, 64, 0x7ff)),
          new Breach("the low 12 bits of TCS.GSLIMIT", t -> patch32(t, 68, 0)),
          new Breach("a reserved byte of the TCS", t -> t.withFlippedBit(72, 0)));

  private static final Bytes TCS =
      Tcs.builder().ossa(4096).nssa(1).fsLimit(0xfff).gsLimit(0xfff).build().bytes();

  static IntStream secInfoRules() {
    return IntStream.range(0, SECINFO_RULES.size());
  }

  static IntStream tcsRules() {
    return IntStream.range(0, TCS_RULES.size());
  }

  private static KernelConfig config() {
    return KernelConfig.preset(Preset.V5).withBugs(Bugs.fixed());
  }

  private static void refused(CallResult result, Errno errno, String rule) {
    assertThat(result.errno()).as(result.toString()).isEqualTo(errno);
    assertThat(result.check()).contains(rule);
  }

  private static Bytes spoilt(Bytes good, List<Breach> rules, int first, int last) {
    Bytes bad = good;
    for (int i = last; i >= first; i--) {
      bad = rules.get(i).spoil().apply(bad);
    }
    return bad;
  }

  @Test
  void anAddressWithoutEnclaveIsRefusedBeforeAnythingIsCopied() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      refused(
          rig.ioctl(process, new SgxIoctl.AddPage(base + 1, null, null, 0)),
          Errno.EINVAL,
          "multiple of 4096");
      refused(
          rig.ioctl(process, new SgxIoctl.AddPage(base - 4096, null, null, 0)),
          Errno.EINVAL,
          "no SGX mapping");
      refused(
          rig.ioctl(process, new SgxIoctl.AddPage(base + Ioctls.ELRANGE, null, null, 0)),
          Errno.EINVAL,
          "no SGX mapping");
      refused(
          rig.ioctl(process, new SgxIoctl.AddPage(base, null, null, 0)),
          Errno.ENOENT,
          "no enclave was created");
    }
  }

  @Test
  void theSecInfoIsCopiedBeforeThePage() {
    for (Bugs bugs : List.of(Bugs.asShipped(Preset.V5), Bugs.fixed())) {
      try (Rig rig = new Rig(config().withBugs(bugs))) {
        Rig.Process process = rig.process();
        long base = Ioctls.created(rig, process);
        refused(
            rig.ioctl(process, new SgxIoctl.AddPage(base, null, null, 0)),
            Errno.EFAULT,
            "SECINFO cannot be copied");
        Bytes bad = SecInfo.of(dev.ksgx.hardware.structure.PageType.VA, 0).bytes();
        CallResult noPage = rig.ioctl(process, new SgxIoctl.AddPage(base, null, bad, 0));
        assertThat(noPage.value()).isEqualTo(bugs.has(Bugs.POSITIVE_COPY_RESULT) ? 4096 : -14);
        assertThat(noPage.check()).contains("the page cannot be copied");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("secInfoRules")
  void refusesTheFirstRuleOfTheSecInfoThatIsBroken(int first) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      Bytes writable = SecInfo.reg(true, true, false).bytes();
      String rule = SECINFO_RULES.get(first).rule();
      for (int last : new int[] {first, SECINFO_RULES.size() - 1}) {
        Bytes bad = spoilt(writable, SECINFO_RULES, first, last);
        refused(
            rig.ioctl(process, new SgxIoctl.AddPage(base, Bytes.zeros(4096), bad, 0)),
            Errno.EINVAL,
            rule);
      }
      assertThat(rig.state(process, base).pages()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("tcsRules")
  void refusesTheFirstRuleOfATcsThatIsBroken(int first) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      String rule = TCS_RULES.get(first).rule();
      for (int last : new int[] {first, TCS_RULES.size() - 1}) {
        Bytes bad = spoilt(TCS, TCS_RULES, first, last);
        refused(
            rig.ioctl(process, new SgxIoctl.AddPage(base, bad, SecInfo.tcs().bytes(), 0)),
            Errno.EINVAL,
            rule);
      }
      assertThat(rig.state(process, base).pages()).isZero();
    }
  }

  @Test
  void theRulesOfATcsAreNotForData() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      Bytes noTcs = spoilt(TCS, TCS_RULES, 0, TCS_RULES.size() - 1);
      Bytes data = SecInfo.reg(true, true, true).bytes();
      assertThat(rig.ioctl(process, new SgxIoctl.AddPage(base, noTcs, data, 0)).isZero()).isTrue();
      Bytes tcs = SecInfo.tcs().bytes();
      assertThat(rig.ioctl(process, new SgxIoctl.AddPage(base + 4096, TCS, tcs, 0)).isZero())
          .isTrue();
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.state(process, base).pages()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(AddMode.class)
  void aPageIsAddedOnce(AddMode add) {
    try (Rig rig = new Rig(config().withAdd(add))) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      assertThat(rig.ioctl(process, Ioctls.page(base)).isZero()).isTrue();
      refused(rig.ioctl(process, Ioctls.page(base)), Errno.EEXIST, "was added already");
      AtRest.check(rig, "after -EEXIST");
      assertThat(rig.state(process, base).pages()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(AddMode.class)
  void anInitialisedEnclaveTakesNoPage(AddMode add) {
    try (Rig rig = new Rig(config().withAdd(add))) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = rig.launch(process, SampleEnclaves.tiny()).address();
      refused(rig.ioctl(process, Ioctls.page(base)), Errno.EINVAL, "is initialized");
      AtRest.check(rig, "after -EINVAL");
    }
  }

  @Test
  void deferredItReturnsBeforeEaddAndSynchronousAfterIt() {
    for (AddMode add : AddMode.values()) {
      try (Rig rig = new Rig(config().withAdd(add))) {
        Rig.Process process = rig.process();
        long base = Ioctls.created(rig, process);
        assertThat(rig.ioctl(process, Ioctls.page(base)).isZero()).isTrue();
        assertThat(rig.state(process, base).pages()).isEqualTo(add == AddMode.DEFERRED ? 0 : 1);
        rig.system().runToQuiescence().orThrow();
        assertThat(rig.state(process, base).pages()).isEqualTo(1);
      }
    }
  }

  @Test
  void synchronousItTellsOfALeafThatFails() {
    KernelConfig config = config().withAdd(AddMode.SYNCHRONOUS);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      rig.doors.cores().forEach(core -> core.tell(CoreMessage.FailNextLeaf.CONFLICT));
      refused(rig.ioctl(process, Ioctls.page(base)), Errno.EIO, "EADD");
      AtRest.check(rig, "after -EIO");
      assertThat(rig.ioctl(process, Ioctls.page(base)).isZero()).as("it may be retried").isTrue();
    }
  }

  @Test
  void deferredALeafThatFailsKillsTheEnclaveWhereTheDriverIsFixed() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      rig.doors.cores().forEach(core -> core.tell(CoreMessage.FailNextLeaf.CONFLICT));
      assertThat(rig.ioctl(process, Ioctls.page(base)).isZero()).isTrue();
      rig.system().runToQuiescence().orThrow();
      assertThat(rig.state(process, base).phase()).isEqualTo(EnclaveMessage.Phase.DEAD);
      refused(rig.ioctl(process, Ioctls.page(base + 4096)), Errno.EINVAL, "is dead");
      AtRest.check(rig, "after the failure");
    }
  }
}
