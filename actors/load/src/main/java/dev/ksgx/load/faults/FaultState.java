package dev.ksgx.load.faults;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.protocol.abi.LaunchFault;
import java.util.Locale;

/**
 * What is wrong from some moment of the callers' common launch on, unless it says otherwise. "The
 * maker of tokens" is the launch enclave of the kernel, or the daemon.
 */
public enum FaultState {
  HEALTHY("nothing is wrong"),
  SLOW("each answer of the maker of tokens comes 3 s late"),
  HUNG("the maker of tokens hangs"),
  ONE_HUNG("the thread of the maker of tokens that takes the next request hangs"),
  DEAD("kill -9 of the maker of tokens"),
  WRONG_ANSWER("the maker of tokens gives each the token of the one before"),
  OLD_LAYOUT("the maker of tokens expects a request of another length"),
  DENYING("the maker of tokens refuses every enclave"),
  CALLER_INTERRUPTED("a signal for the caller whose turn it is"),
  CALLER_KILLED("kill -9 of the last caller in the queue"),
  LOWER_CPUSVN("another CPUSVN voids all tokens, then all callers come at once"),
  MSRS_LOCKED_TO_IT("firmware locked the hash MSRs to the launch enclave's key"),
  MSRS_LOCKED_TO_OTHERS("firmware locked the hash MSRs to somebody else's key");

  /** By how much an answer is late, nanoseconds. */
  static final long SLOW_NANOS = 3_000_000_000L;

  private final String description;

  FaultState(String description) {
    this.description = description;
  }

  /** One line. */
  public String description() {
    return description;
  }

  /** Lower case with hyphens. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it is so before the callers come. */
  boolean isThereBefore() {
    return this == HEALTHY || this == LOWER_CPUSVN || isOfTheMachine();
  }

  /** Whether the machine was booted that way. */
  boolean isOfTheMachine() {
    return this == MSRS_LOCKED_TO_IT || this == MSRS_LOCKED_TO_OTHERS;
  }

  /** Does what is not a caller's or the machine's. */
  void inject(SimulatedKernel kernel) {
    switch (this) {
      case SLOW -> kernel.faults().slowLaunchEnclave(SLOW_NANOS);
      case HUNG -> kernel.faults().launchEnclave(LaunchFault.HUNG);
      case ONE_HUNG -> kernel.faults().launchEnclave(LaunchFault.ONE_HUNG);
      case DEAD -> kernel.faults().killLaunchEnclave();
      case WRONG_ANSWER -> kernel.faults().launchEnclave(LaunchFault.WRONG_ANSWER);
      case OLD_LAYOUT -> kernel.faults().launchEnclave(LaunchFault.OLD_LAYOUT);
      case DENYING -> kernel.faults().launchEnclave(LaunchFault.DENYING);
      case LOWER_CPUSVN -> kernel.faults().updateMicrocode(Bytes.zeros(16));
      default -> {}
    }
  }
}
