package dev.ksgx.kernel.launch;

import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.runtime.probe.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * v6 to v11 and the DCAP driver: a slot that outlives the process. MODEL: with more than one server
 * a slot for each; no driver had that.
 */
final class SlotChannel implements LaunchChannel {
  private final boolean startsAtOpen;
  private final SlotLine.Rules rules;
  private final int servers;
  private final Supplier<ReplySleep> sleeps;
  private final Probe probe;
  private final List<SlotLine> slots = new ArrayList<>();

  private SlotChannel(
      boolean startsAtOpen,
      SlotLine.Rules rules,
      int servers,
      Supplier<ReplySleep> sleeps,
      Probe probe) {
    this.startsAtOpen = startsAtOpen;
    this.rules = rules;
    this.servers = servers;
    this.sleeps = sleeps;
    this.probe = probe;
    forget();
  }

  @Override
  public void forget() {
    slots.clear();
    for (int i = 0; i < servers; i++) {
      slots.add(new SlotLine(rules, sleeps.get(), probe.state("slot-" + i)));
    }
  }

  /** v6 to v10 and DCAP: read() and write() on the slot, with the bugs that are chosen. */
  static SlotChannel files(Bugs bugs, int servers, Supplier<ReplySleep> sleeps, Probe probe) {
    SlotLine.Rules rules =
        new SlotLine.Rules(
            bugs.has(Bugs.STALE_REPLY),
            bugs.has(Bugs.NO_LE_RESTART),
            bugs.has(Bugs.TORN_REQUEST),
            false);
    return new SlotChannel(true, rules, servers, sleeps, probe);
  }

  /**
   * v11: three ioctls, of which one signals an error; the process is started, and started again,
   * inside the token call. MODEL: what an interrupted caller leaves behind is dropped, and the
   * death of the process is an error signalled: driver.md 9.3 has none of the slot's bugs for v11.
   */
  static SlotChannel ioctls(int servers, Supplier<ReplySleep> sleeps, Probe probe) {
    return new SlotChannel(
        false, new SlotLine.Rules(false, false, false, true), servers, sleeps, probe);
  }

  @Override
  public boolean hashesApart() {
    return true;
  }

  @Override
  public boolean startsAtOpen() {
    return startsAtOpen;
  }

  /** A process that died by itself leaves its pid behind, and that counts as running (B-30). */
  @Override
  public boolean startsForToken(LaunchSeat seat, boolean stopped) {
    return seat == null || !rules.sleepsOn() && !seat.isAlive();
  }

  @Override
  public boolean stopsForSleep() {
    return true;
  }

  @Override
  public List<LaunchLine> connect(LaunchSeat seat) {
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).connect(seat, seat.thread(i));
    }
    return List.copyOf(slots);
  }
}
