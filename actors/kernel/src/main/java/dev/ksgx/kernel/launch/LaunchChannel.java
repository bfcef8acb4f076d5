package dev.ksgx.kernel.launch;

import java.util.List;

/**
 * How one generation of drivers talks with its launch enclave, and when it starts it (driver.md
 * 5.1, 5.2).
 */
interface LaunchChannel {
  /**
   * Whether the modulus is hashed under a lock of its own, and an enclave of the launch enclave's
   * own signer sent on without a token, both before the launch lock is asked for.
   */
  boolean hashesApart();

  /** Whether open() starts the process if there is none. */
  boolean startsAtOpen();

  /**
   * Whether a token call has to start the process first.
   *
   * @param seat null if its pid is not set
   * @param stopped it was stopped for a sleep of the machine
   */
  boolean startsForToken(LaunchSeat seat, boolean stopped);

  /** Whether a process that runs is stopped before the machine sleeps. */
  boolean stopsForSleep();

  /** The driver's module is removed: what outlived each process is forgotten. */
  void forget();

  /** The lines to the threads of a process that has just been started, by thread. */
  List<LaunchLine> connect(LaunchSeat seat);
}
