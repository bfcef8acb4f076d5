package dev.ksgx.load.statistics;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says in words what binds.
 *
 * @param saturated more was asked than the system can do
 * @param threads threads that launch
 * @param epcExhausted at one time in the window no frame was free, or pages were evicted so that
 *     one was
 */
public record Verdict(boolean saturated, int threads, boolean epcExhausted) {
  /** From this busy share on a resource is named although it does not bind yet. */
  private static final double NEARLY = 0.8;

  /**
   * One sentence. In a saturated system the shared resource that is busiest binds; in another one
   * it is the first that will, and from 80 % on it is said to bind nearly. Where launches pile up
   * and no resource is that busy, they wait for the threads that are to start them. An exhausted
   * EPC is named beside the server, or alone where no server is busy.
   *
   * @param uses rows of {@link UseTable}
   */
  public String inWords(List<Use> uses) {
    Optional<Use> busiest =
        uses.stream().filter(Use::shared).findFirst().filter(use -> use.utilisation() > 0);
    if (busiest.isEmpty()) {
      return epcExhausted ? "the EPC, exhausted." : "unknown: no resource was used.";
    }
    Use use = busiest.get();
    String busy = String.format(Locale.ROOT, "%.1f %%", 100 * use.utilisation());
    if (use.utilisation() >= NEARLY) {
      return String.format(
          Locale.ROOT,
          "%s%s: busy %s, %.1f tasks wait for it%s.",
          saturated ? "" : "nearly ",
          use.resource(),
          busy,
          use.meanQueue(),
          epcExhausted ? "; EPC exhausted" : "");
    }
    if (epcExhausted) {
      return "the EPC, exhausted; the busiest resource is " + use.resource() + " (" + busy + ").";
    }
    return saturated
        ? "the load's own threads (" + threads + "): no resource is busy above " + busy + "."
        : "nothing yet; the busiest is " + use.resource() + " (" + busy + ").";
  }
}
