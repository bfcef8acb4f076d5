package dev.ksgx.kernel;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.SgxIoctl;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Arguments of ioctls that the driver takes as they are, for a test to spoil. */
public final class Ioctls {
  static final int PAGE = 4096;
  static final int ELRANGE = 16 * PAGE;

  private Ioctls() {}

  /** A SECS for the 64 KiB at {@code base}. */
  static Bytes secs(long base) {
    return secs(base, ELRANGE);
  }

  public static Bytes secs(long base, long bytes) {
    EnclaveImage image = EnclaveImage.builder("secs").sizeBytes(bytes).build();
    return Secs.builder()
        .baseAddress(base)
        .sizeBytes(bytes)
        .ssaFrameSize(1)
        .attributes(image.attributes())
        .build()
        .bytes();
  }

  static SgxIoctl.AddPage page(long address) {
    return new SgxIoctl.AddPage(
        address, Bytes.zeros(PAGE), SecInfo.reg(true, true, false).bytes(), 0xffff);
  }

  /** mmap and CREATE of a 64 KiB range; answers its base. */
  static long created(Rig rig, Rig.Process process) {
    long base = rig.mmap(process, ELRANGE).value();
    CallResult result = rig.ioctl(process, new SgxIoctl.Create(secs(base)));
    if (!result.isZero()) {
      throw new AssertionError(result);
    }
    return base;
  }

  /** mmap, CREATE and ADD_PAGE of all pages of an image; answers its base. */
  static long added(Rig rig, Rig.Process process, SignedEnclave enclave) {
    EnclaveImage image = enclave.image();
    long base = rig.mmap(process, image.sizeBytes()).value();
    Secs secs =
        Secs.builder()
            .baseAddress(base)
            .sizeBytes(image.sizeBytes())
            .ssaFrameSize(image.ssaFrameSize())
            .attributes(image.attributes())
            .build();
    rig.ioctl(process, new SgxIoctl.Create(secs.bytes()));
    for (EnclaveImage.Page page : image.pages()) {
      CallResult result =
          rig.ioctl(
              process,
              new SgxIoctl.AddPage(
                  base + page.offset(), page.content(), page.secInfo().bytes(), page.mrmask()));
      if (!result.isZero()) {
        throw new AssertionError(result);
      }
    }
    return base;
  }

  /** {@code bytes} with the little-endian number {@code value} at {@code offset}. */
  static Bytes patch64(Bytes bytes, int offset, long value) {
    return bytes.with(offset, number(8, value));
  }

  static Bytes patch32(Bytes bytes, int offset, int value) {
    return bytes.with(offset, number(4, value));
  }

  private static Bytes number(int size, long value) {
    byte[] raw = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return Bytes.copyOf(raw, 0, size);
  }
}
