package dev.ksgx.protocol.abi;

import dev.ksgx.hardware.structure.SgxCode;

/**
 * What a system call returned.
 *
 * @param value as the kernel returns it: 0 or a positive value (an address, a file descriptor, a
 *     positive SGX code of an ioctl), or {@code -errno}
 * @param check the check that failed, one line; empty on success
 * @param count bytes of the range that were done, as ADD_PAGES writes them back whatever it
 *     returns; 0 of other calls
 */
public record CallResult(long value, String check, long count) {
  /** What ioctls on an enclave return that was lost with the power (driver.md 1.5). */
  public static final int POWER_LOST_ENCLAVE = 0x40000000;

  /** A driver of v6 to v10 and DCAP says that its launch enclave refuses (driver.md 2). */
  public static final int INVALID_PRIVILEGE = 0x40000002;

  private static final int LARGEST_SGX_CODE = 256;

  /** Plain success. */
  public static final CallResult OK = new CallResult(0, "");

  /** The result of a call that writes nothing back. */
  public CallResult(long value, String check) {
    this(value, check, 0);
  }

  /** The same with {@code bytes} written back as done. */
  public CallResult withCount(long bytes) {
    return new CallResult(value, check, bytes);
  }

  /** A successful call that returns {@code value}. */
  public static CallResult of(long value) {
    return value == 0 ? OK : new CallResult(value, "");
  }

  /** A call that failed with {@code errno} at the named check. */
  public static CallResult failed(Errno errno, String check) {
    return new CallResult(-errno.number(), check);
  }

  /** An ioctl that returned the positive SGX code {@code code} (isa.md 2) at the named check. */
  public static CallResult sgx(int code, String check) {
    return new CallResult(code, check);
  }

  /** True if the value is an error number. */
  public boolean isErrno() {
    return value < 0 && value >= -4095;
  }

  /** True if the call returned 0. */
  public boolean isZero() {
    return value == 0;
  }

  /** The error, or null if the call did not fail with one. */
  public Errno errno() {
    return isErrno() ? Errno.of((int) -value) : null;
  }

  /**
   * The name under which an ioctl's outcome is counted: {@code OK}, {@code -EINVAL}, {@code
   * SGX_INVALID_SIGNATURE}, {@code SGX_POWER_LOST_ENCLAVE}.
   */
  public String name() {
    if (value == 0) {
      return "OK";
    }
    if (isErrno()) {
      Errno errno = errno();
      return errno == null ? Long.toString(value) : "-" + errno;
    }
    if (value == POWER_LOST_ENCLAVE && !check.isEmpty()) {
      return "SGX_POWER_LOST_ENCLAVE";
    }
    if (value == INVALID_PRIVILEGE && !check.isEmpty()) {
      return "SGX_INVALID_PRIVILEGE";
    }
    return check.isEmpty() || value > LARGEST_SGX_CODE
        ? Long.toString(value)
        : SgxCode.name((int) value);
  }

  @Override
  public String toString() {
    return check.isEmpty() ? name() : name() + " (" + check + ")";
  }
}
