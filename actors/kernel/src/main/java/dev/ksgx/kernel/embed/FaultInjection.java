package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.message.CoreMessage;
import java.util.Objects;

/**
 * Faults from outside, each in effect when its method returns. Cores are numbered from 0; a number
 * that no core has is an {@link IndexOutOfBoundsException}.
 */
public final class FaultInjection {
  private final AsyncKernel kernel;

  FaultInjection(AsyncKernel kernel) {
    this.kernel = kernel;
  }

  /**
   * An interrupt now: a running EINIT ends with SGX_UNMASKED_EVENT at its next poll. A core that is
   * idle takes it in the next burst that it runs; if that begins with an EINIT, it is this one that
   * ends.
   */
  public void interruptCore(int core) {
    kernel.await(kernel.submit(Faults.core(checked(core), CoreMessage.Interrupt.NOW)));
  }

  /**
   * The next access word that a leaf on this core asks for counts as taken by another: the leaf
   * gives its conflict result (isa.md 3.2).
   */
  public void failNextLeaf(int core) {
    kernel.await(kernel.failNextLeaf(checked(core)));
  }

  /**
   * The core goes offline: a leaf in flight is aborted and runs again elsewhere.
   *
   * @throws IllegalArgumentException if it is the last one online
   */
  public void unplugCore(int core) {
    kernel.await(kernel.submit(Faults.unplug(checked(core))));
  }

  /** SIGKILL for the launch enclave's process; nothing happens if there is none. */
  public void killLaunchEnclave() {
    kernel.await(kernel.submit(Faults.killLaunchEnclave()));
  }

  /**
   * Something is wrong with the launch enclave from now on, or no longer. {@link LaunchFault#DEAD}
   * is {@link #killLaunchEnclave()}; a launch enclave that hangs or gives wrong answers is sound
   * again when its process is started anew, the other faults are those of the program.
   *
   * @throws IllegalArgumentException for {@link LaunchFault#SLOW}, which needs a time
   */
  public void launchEnclave(LaunchFault fault) {
    if (fault == LaunchFault.SLOW) {
      throw new IllegalArgumentException("how slow? see slowLaunchEnclave");
    }
    kernel.await(kernel.submit(Faults.launchEnclave(fault, 0)));
  }

  /** Each answer of the launch enclave comes late by that time. */
  public void slowLaunchEnclave(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("late by " + nanos + " ns");
    }
    kernel.await(kernel.submit(Faults.launchEnclave(LaunchFault.SLOW, nanos)));
  }

  /**
   * Removes the driver's module and loads it again: the shared slot of a launch enclave in the
   * kernel, which outlives its process (driver.md 5.2), is as new. MODEL: nothing else of the
   * driver outlives the last close.
   *
   * @throws SgxException with -EBUSY while anybody has the device open, a launch daemon included
   */
  public void reloadModule() {
    kernel.await(kernel.submit(Faults.reloadModule()));
  }

  /**
   * Microcode is loaded: see {@link dev.ksgx.hardware.cpu.Machine#updateMicrocode}, also for the
   * tokens that this voids.
   *
   * @param cpuSvn 16 bytes
   */
  public void updateMicrocode(Bytes cpuSvn) {
    if (cpuSvn.length() != 16) {
      throw new IllegalArgumentException("CPUSVN of " + cpuSvn.length() + " bytes, expected 16");
    }
    kernel.await(kernel.submit(Faults.updateMicrocode(cpuSvn)));
  }

  /**
   * A signal for every thread of the process that is in a call now.
   *
   * @return how many there were
   */
  public int signal(SgxProcess process) {
    return kernel.await(process.async().signal());
  }

  private int checked(int core) {
    return Objects.checkIndex(core, kernel.processors());
  }
}
