package dev.ksgx.kernel.embed;

import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;

/** A call that the driver or the processor refused: with what, at which check, in which phase. */
public final class SgxException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What was being done. */
  public enum Phase {
    OPEN,
    MMAP,
    CREATE,
    ADD,
    /** A launch daemon was asked for a token. */
    TOKEN,
    INIT,
    /** A process says whose launch enclave made the tokens. */
    HASH,
    MUNMAP,
    CLOSE,
    EXIT,
    FORK,
    /** The machine goes to sleep. */
    SUSPEND,
    /** It wakes up. */
    RESUME,
    /** The driver's module is removed and loaded again. */
    RELOAD,
    /** EENTER and what the program did inside. */
    ENTER,
    /** A load or store from outside the enclave. */
    ACCESS,
    /** A debugger's read or write. */
    DEBUG
  }

  private final Phase phase;
  private final long value;
  private final String check;

  private SgxException(Phase phase, long value, String check, String message, Throwable by) {
    super(message, by);
    this.phase = phase;
    this.value = value;
    this.check = check;
  }

  /** A system call that returned {@code result}. */
  static SgxException call(Phase phase, CallResult result) {
    String what = phase + " returned " + result.name() + ": " + result.check();
    return new SgxException(phase, result.value(), result.check(), what, null);
  }

  /** An access or an instruction that faulted at {@code check}. */
  static SgxException fault(Phase phase, String check) {
    return new SgxException(phase, 0, check, phase + " faulted: " + check, null);
  }

  /** The same, thrown to a caller that waited; this one is its cause. */
  SgxException atCaller() {
    return new SgxException(phase, value, check, getMessage(), this);
  }

  /** What was being done. */
  public Phase phase() {
    return phase;
  }

  /** The error number that the system call returned, or null: an SGX code or a fault. */
  public Errno errno() {
    return new CallResult(value, check).errno();
  }

  /** The positive SGX code (isa.md 2) that the ioctl returned, or 0: an error number or a fault. */
  public int sgxCode() {
    return value < 0 ? 0 : (int) value;
  }

  /**
   * The name of what came back: {@code -EINVAL}, {@code SGX_INVALID_SIGNATURE}; {@code fault} for a
   * fault.
   */
  public String code() {
    return value == 0 ? "fault" : new CallResult(value, check).name();
  }

  /** The check that failed, one line. */
  public String check() {
    return check;
  }
}
