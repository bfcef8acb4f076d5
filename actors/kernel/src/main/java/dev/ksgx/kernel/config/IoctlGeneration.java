package dev.ksgx.kernel.config;

import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;

/**
 * Whose ioctls the driver has: what they check, in which order, and what they return where they
 * fail (driver.md 1.5, 1.6). What they do where they succeed is a matter of the other axes.
 */
public enum IoctlGeneration {
  /** The out-of-tree driver, v5 and what came of it up to the end of 2019. */
  V5("v5", Errno.EFAULT, Errno.EEXIST, Errno.ENOENT),
  /** Linux 5.11 and later. */
  MAINLINE("mainline", Errno.EIO, Errno.EBUSY, Errno.EINVAL);

  private final String key;
  private final Errno leafFault;
  private final Errno pageThere;
  private final Errno noEnclave;

  IoctlGeneration(String key, Errno leafFault, Errno pageThere, Errno noEnclave) {
    this.key = key;
    this.leafFault = leafFault;
    this.pageThere = pageThere;
    this.noEnclave = noEnclave;
  }

  /** The name used in configuration. */
  public String key() {
    return key;
  }

  /** What CREATE and INIT return if ECREATE or EINIT faults. */
  public Errno leafFault() {
    return leafFault;
  }

  /** What an add returns for an address that has its page. */
  public Errno pageThere() {
    return pageThere;
  }

  /** What a call returns on a mapping for which no enclave was created. */
  public Errno noEnclave() {
    return noEnclave;
  }

  /**
   * What INIT returns if EINIT answered with a code: v5 tells it, mainline says -EPERM whatever it
   * is, and also where every try met an interrupt.
   */
  public CallResult refusedByEinit(int code, String check) {
    return this == MAINLINE ? CallResult.failed(Errno.EPERM, check) : CallResult.sgx(code, check);
  }

  /**
   * Whether only one ioctl at a time is let in on an enclave, and none that builds it once it is
   * initialised: -EBUSY and -EINVAL before anything else is looked at.
   */
  public boolean oneAtATime() {
    return this == MAINLINE;
  }

  /**
   * Whether pages and SIGSTRUCT are copied before the driver looks at what they are for; then a
   * copy that fails may tell how much was left (B-66).
   */
  public boolean copiesFirst() {
    return this == V5;
  }

  /** Whether the driver checks SECS and TCS in full before ECREATE and EADD do. */
  public boolean checksSecsAndTcs() {
    return this == V5;
  }

  /** Whether INIT checks SIGSTRUCT and permissions before EINIT does. */
  public boolean checksSigStruct() {
    return this == MAINLINE;
  }

  /** Whether an add looks for a signal before each page; then nothing is undone by it. */
  public boolean addsUntilSignal() {
    return this == MAINLINE;
  }
}
