package dev.ksgx.load.workload;

import dev.ksgx.load.statistics.ImageLedger;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.LifeFigures;
import dev.ksgx.load.statistics.TokenService;
import java.util.List;

/**
 * Everything measured in the window of a load of launches.
 *
 * @param partial it was closed before its time
 * @param launches launches planned in it or ended in it
 * @param images the same launches by what they launch, in the order of the targets
 * @param tokenService the launch enclave's service as the launches saw it
 * @param groups of the enclaves beside the launches: their lives since boot, their touches in it
 * @param pids of the processes that launch
 * @param guests what KVM guests did in it; null if there are none
 * @param machine what machine and driver did meanwhile
 */
public record WindowFigures(
    boolean partial,
    LaunchFigures launches,
    List<ImageLedger.Figures> images,
    TokenService.Figures tokenService,
    List<LifeFigures> groups,
    List<Integer> pids,
    Guests guests,
    MachineFigures machine) {
  /**
   * EINITs of KVM guests.
   *
   * @param einits that ended
   * @param coreNanos time that their tasks held cores
   */
  public record Guests(long einits, long coreNanos) {}
}
