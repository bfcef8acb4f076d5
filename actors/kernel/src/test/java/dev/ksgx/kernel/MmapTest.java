package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** mmap of /dev/sgx (driver.md 1.4) and what is no ioctl of it. */
class MmapTest {
  private final Rig rig = new Rig(KernelConfig.preset(Preset.V5));
  private final Rig.Process process = rig.process();

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4096, 3 * 4096, 8191, 12288, -8192})
  void aLengthBelowTwoPagesOrNoPowerOfTwoIsRefused(long bytes) {
    CallResult result = rig.mmap(process, bytes);
    assertThat(result.errno()).isEqualTo(Errno.EINVAL);
    assertThat(result.check()).contains("power of two of at least 2 pages");
  }

  @Test
  void aLengthAboveTheLimitOfCpuidIsRefused() {
    assertThat(rig.mmap(process, 1L << 36).isErrno()).isFalse();
    CallResult above = rig.mmap(process, 1L << 37);
    assertThat(above.errno()).isEqualTo(Errno.EINVAL);
    assertThat(above.check()).contains("68719476736 bytes (CPUID.12H:EDX)");
  }

  @Test
  void mappingsAreNaturallyAlignedAndDoNotOverlap() {
    long[] lengths = {8192, 1 << 20, 8192, 1L << 30, 4 * 8192, 1 << 20};
    long[] bases = new long[lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      bases[i] = rig.mmap(process, lengths[i]).value();
      assertThat(bases[i] % lengths[i]).isZero();
      for (int j = 0; j < i; j++) {
        assertThat(bases[i] >= bases[j] + lengths[j] || bases[j] >= bases[i] + lengths[i]).isTrue();
      }
    }
  }

  @Test
  void processesHaveAddressSpacesOfTheirOwn() {
    long base = Ioctls.created(rig, process);
    Rig.Process other = rig.process();
    assertThat(rig.ioctl(other, Ioctls.page(base)).errno()).isEqualTo(Errno.EINVAL);
    assertThat(rig.mmap(other, Ioctls.ELRANGE).value()).isEqualTo(base);
    assertThat(rig.ioctl(other, Ioctls.page(base)).errno()).isEqualTo(Errno.ENOENT);
  }

  @Test
  void anUnknownIoctlIsNoIoctl() {
    CallResult result = rig.ioctl(process, new SgxIoctl.Unknown(0xA403));
    assertThat(result.errno()).isEqualTo(Errno.ENOIOCTLCMD);
    assertThat(result.check()).contains("0xA403");
  }
}
