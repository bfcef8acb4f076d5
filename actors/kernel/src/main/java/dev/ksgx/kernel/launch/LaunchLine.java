package dev.ksgx.kernel.launch;

import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.LaunchControlMessage;

/**
 * The kernel's end of the way to one thread of the launch enclave's process. One caller uses it at
 * a time, the holder of a permit of the launch lock.
 */
interface LaunchLine {
  /** Ask for a token as {@code flow}'s task, and go on when there is one or will be none. */
  void request(Flow flow, TokenRequest request, TokenAnswer answer);

  /** What the thread does at its end. */
  void heard(LaunchControlMessage.FromThread message);

  /** The kernel begins to serve a page fault of the thread, or has served it. */
  void paging(boolean now);

  /** The process has exited. */
  void processExited();
}
