package dev.ksgx.kernel;

import static dev.ksgx.kernel.Ioctls.patch32;
import static dev.ksgx.kernel.Ioctls.patch64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Returned;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CREATE, ADD_PAGE and ADD_PAGES with mainline's checks and results (driver.md 1.6). */
class MainlineAddTest {
  private static final int SIZE = 0;
  private static final int SSA_FRAME_SIZE = 16;
  private static final int FLAGS = 48;
  private static final Bytes DATA = SecInfo.reg(true, true, false).bytes();
  private static final Bytes TCS = SecInfo.tcs().bytes();
  private static final Bytes ZEROS = Bytes.zeros(Ioctls.PAGE);

  /** With the bug that tells how much of a copy was left: mainline does not. */
  private static KernelConfig config() {
    return KernelConfig.preset(Preset.MAINLINE)
        .withBugs(Bugs.of(List.of(Bugs.POSITIVE_COPY_RESULT)));
  }

  private static void refused(CallResult result, Errno errno, String rule) {
    assertThat(result.errno()).as(result.toString()).isEqualTo(errno);
    assertThat(result.check()).contains(rule);
  }

  private static SgxIoctl.AddPage page(long address, Bytes content, Bytes secInfo) {
    return new SgxIoctl.AddPage(address, content, secInfo, 0);
  }

  private static SgxIoctl.AddPages range(long address, long pages, Bytes secInfo) {
    return new SgxIoctl.AddPages(address, pages, ZEROS, secInfo, 0);
  }

  private static CallResult create(UnaryOperator<Bytes> spoil) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      Bytes good = Ioctls.secs(rig.mmap(process, Ioctls.ELRANGE).value());
      CallResult result = rig.ioctl(process, new SgxIoctl.Create(spoil.apply(good)));
      AtRest.checkEmpty(rig, "after the refusal");
      return result;
    }
  }

  @Test
  void createCannotCopyTheSecs() {
    try (Rig rig = new Rig(config())) {
      refused(rig.ioctl(rig.process(), new SgxIoctl.Create(null)), Errno.EFAULT, "the SECS");
    }
  }

  @Test
  void createDemandsASizeThatIsAPowerOfTwo() {
    refused(create(secs -> patch64(secs, SIZE, 3 * 4096)), Errno.EINVAL, "power of two");
    refused(create(secs -> patch64(secs, SIZE, 0)), Errno.EINVAL, "power of two");
    refused(create(secs -> patch64(secs, SIZE, 1L << 63)), Errno.EINVAL, "power of two");
  }

  @Test
  void whateverElseIsWrongWithTheSecsIsAFaultOfEcreate() {
    Map<String, UnaryOperator<Bytes>> wrong =
        Map.of(
            "step 15", secs -> patch64(secs, SIZE, 4096),
            "step 14", secs -> patch64(secs, SIZE, 1L << 48),
            "step 12", secs -> patch32(secs, SSA_FRAME_SIZE, 0),
            "step 17", secs -> patch64(secs, FLAGS, 1 << 7 | 4),
            "step 18", secs -> secs.withFlippedBit(4095, 0));
    wrong.forEach((step, spoil) -> refused(create(spoil), Errno.EIO, "ECREATE: #GP(0): " + step));
  }

  @Test
  void aMappingWithoutEnclaveIsOneThatWasNotCreated() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = rig.mmap(process, Ioctls.ELRANGE).value();
      refused(rig.ioctl(process, page(base, null, null)), Errno.EINVAL, "no enclave was created");
      refused(rig.ioctl(process, range(base, 1, null)), Errno.EINVAL, "no enclave was created");
    }
  }

  @Test
  void anInitialisedEnclaveTakesNoPageWhateverItsArguments() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      rig.open(process);
      long base = rig.launch(process, SampleEnclaves.tiny()).address();
      refused(rig.ioctl(process, page(base, null, null)), Errno.EINVAL, "is initialized");
      refused(rig.ioctl(process, range(base, 0, null)), Errno.EINVAL, "is initialized");
    }
  }

  @Test
  void aRangeIsInsideTheEnclaveBeforeItsSecInfoIsCopied() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      for (long pages : new long[] {0, -1, 17, Long.MAX_VALUE}) {
        refused(rig.ioctl(process, range(base, pages, null)), Errno.EINVAL, "inside the enclave");
      }
      refused(rig.ioctl(process, range(base + 15 * 4096, 2, null)), Errno.EINVAL, "inside");
      refused(rig.ioctl(process, range(base + 15 * 4096, 1, null)), Errno.EFAULT, "SECINFO");
      assertThat(rig.state(process, base).pages()).isZero();
      assertThat(rig.ioctl(process, range(base, 16, DATA)).isZero()).as("all of it").isTrue();
      assertThat(rig.state(process, base).pages()).isEqualTo(16);
    }
  }

  /** Each is wrong in what the rule says and in everything after it. */
  @Test
  void theRulesOfTheSecInfoInTheirOrder() {
    long w = SecInfo.W;
    long reserved = 1 << 16;
    Bytes last = SecInfo.of(PageType.REG, SecInfo.R).bytes().withFlippedBit(63, 0);
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      Map<String, Bytes> wrong =
          Map.of(
              "the page type must be", patch64(last, 0, 0x300 | w | reserved),
              "W without R", patch64(last, 0, 0x100 | w | reserved),
              "a TCS has no permissions", patch64(last, 0, 0x100 | SecInfo.R | reserved),
              "reserved bit", patch64(last, 0, 0x200 | SecInfo.R | reserved),
              "reserved byte", last);
      wrong.forEach(
          (rule, secInfo) -> {
            refused(rig.ioctl(process, page(base, null, secInfo)), Errno.EINVAL, rule);
            refused(rig.ioctl(process, range(base, 1, secInfo)), Errno.EINVAL, rule);
          });
      assertThat(rig.state(process, base).pages()).isZero();
    }
  }

  @Test
  void aTcsIsCheckedByEaddAlone() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      Bytes reserved = ZEROS.withFlippedBit(72, 0);
      refused(rig.ioctl(process, page(base, reserved, TCS)), Errno.EIO, "EADD: #GP(0): step 11");
      AtRest.check(rig, "after -EIO");
      Bytes unaligned = patch64(ZEROS, 16, 1);
      assertThat(rig.ioctl(process, page(base, unaligned, TCS)).isZero())
          .as("OSSA is for EENTER to look at")
          .isTrue();
    }
  }

  @Test
  void aTakenSlotIsBusyBeforeTheSourceIsRead() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      assertThat(rig.ioctl(process, page(base, ZEROS, DATA)).isZero()).isTrue();
      refused(rig.ioctl(process, page(base, null, DATA)), Errno.EBUSY, "was added already");
      refused(rig.ioctl(process, page(base + 4096, null, DATA)), Errno.EFAULT, "the page");
      AtRest.check(rig, "after -EFAULT");
      assertThat(rig.ioctl(process, page(base + 4096, ZEROS, DATA)).isZero()).isTrue();
      assertThat(rig.state(process, base).pages()).isEqualTo(2);
    }
  }

  @Test
  void aFaultingLeafIsEio() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      rig.doors.cores().forEach(core -> core.tell(CoreMessage.FailNextLeaf.CONFLICT));
      refused(rig.ioctl(process, range(base, 2, DATA)), Errno.EIO, "EADD");
      AtRest.check(rig, "after -EIO");
    }
  }

  @Test
  void theCountIsWrittenBackWhateverComesOut() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      rig.ioctl(process, page(base + 2 * 4096, ZEROS, DATA));
      CallResult cut = rig.ioctl(process, range(base, 4, DATA));
      refused(cut, Errno.EBUSY, "was added already");
      assertThat(cut.count()).isEqualTo(2 * 4096);
      assertThat(rig.state(process, base).pages()).isEqualTo(3);
      CallResult rest = rig.ioctl(process, range(base + 3 * 4096, 13, DATA));
      assertThat(rest.isZero()).isTrue();
      assertThat(rest.count()).isEqualTo(13 * 4096);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSignalBeforeTheFirstPageRestartsTheCall(boolean asRange) {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      rig.signal(process.task());
      SgxIoctl add = asRange ? range(base, 4, DATA) : page(base, ZEROS, DATA);
      CallResult result = rig.ioctl(process, add);
      refused(result, Errno.ERESTARTSYS, "before the first page");
      assertThat(result.count()).isZero();
      assertThat(rig.ioctl(process, add).isZero()).as("the signal is handled").isTrue();
    }
  }

  @Test
  void aSignalAfterThatEndsItWithZeroAndAShortCount() {
    try (Rig rig = new Rig(config())) {
      Rig.Process process = rig.process();
      long base = Ioctls.created(rig, process);
      Rig.Pending<Returned> add = rig.startIoctl(process, process.task(), range(base, 16, DATA));
      rig.system().runUntil(rig.system().nowNanos() + 20_000);
      rig.signal(process.task());
      CallResult result = rig.finish(add).result();
      assertThat(result.isZero()).as(result.toString()).isTrue();
      assertThat(result.count()).isBetween(4096L, 15 * 4096L);
      assertThat(result.count()).isEqualTo(rig.state(process, base).pages() * 4096L);
    }
  }
}
