package dev.ksgx.protocol.abi;

/** Linux error numbers that the SGX driver returns (driver.md 1.5, 1.6). */
public enum Errno {
  EPERM(1),
  ENOENT(2),
  EINTR(4),
  EIO(5),
  EBADF(9),
  ENOMEM(12),
  EACCES(13),
  EFAULT(14),
  EBUSY(16),
  EEXIST(17),
  ENODEV(19),
  EINVAL(22),
  EMFILE(24),
  EPIPE(32),
  /** The launch daemon died while it was asked. */
  ECONNRESET(104),
  /** The launch daemon did not answer in time. */
  ETIMEDOUT(110),
  /** Kernel-internal: a debugger's access stops short here. */
  ECANCELED(125),
  /** Kernel-internal: the call was interrupted and is to be restarted. */
  ERESTARTSYS(512),
  /** Kernel-internal: the ioctl number is not known; user space sees ENOTTY. */
  ENOIOCTLCMD(515);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  /** The positive error number, as in {@code errno.h}. */
  public int number() {
    return number;
  }

  /** The error whose number is {@code number}, or null if the driver has no such error. */
  public static Errno of(int number) {
    for (Errno errno : values()) {
      if (errno.number == number) {
        return errno;
      }
    }
    return null;
  }
}
