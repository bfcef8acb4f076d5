package dev.ksgx.kernel.launch;

import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * v5: a pair of pipes, made with the process. MODEL: with more than one server a pair for each; no
 * driver had that.
 */
final class PipeChannel implements LaunchChannel {
  private final KernelServices services;
  private final int servers;
  private final Supplier<ReplySleep> sleeps;

  PipeChannel(KernelServices services, int servers, Supplier<ReplySleep> sleeps) {
    this.services = services;
    this.servers = servers;
    this.sleeps = sleeps;
  }

  @Override
  public boolean hashesApart() {
    return false;
  }

  @Override
  public boolean startsAtOpen() {
    return true;
  }

  /** Nothing restarts it as shipped (B-30): its pid stays set until the last close. */
  @Override
  public boolean startsForToken(LaunchSeat seat, boolean stopped) {
    return restarts() && (seat == null ? stopped : !seat.isAlive());
  }

  /**
   * v5 leaves its process alone, and so finds it with a dead enclave afterwards: one that cannot be
   * restarted before the last close had better not be stopped. Otherwise it is stopped, as by the
   * DCAP driver, and its frames come back before the power goes.
   */
  @Override
  public boolean stopsForSleep() {
    return restarts();
  }

  /** Pipes go with the process. */
  @Override
  public void forget() {}

  private boolean restarts() {
    return !services.config().bugs().has(Bugs.NO_LE_RESTART);
  }

  @Override
  public List<LaunchLine> connect(LaunchSeat seat) {
    List<LaunchLine> lines = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      lines.add(new PipeLine(services, seat, seat.thread(i), sleeps.get()));
    }
    return lines;
  }
}
