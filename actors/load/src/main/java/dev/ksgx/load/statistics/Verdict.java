package dev.ksgx.load.statistics;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says in words what binds. */
public final class Verdict {
  private Verdict() {}

  /**
   * One sentence. In a saturated system the shared resource that is busiest binds; in another one
   * nothing does, and the busiest is the first that will.
   *
   * @param uses rows of {@link UseTable}
   */
  public static String inWords(boolean saturated, LaunchFigures launches, List<Use> uses) {
    Optional<Use> busiest = uses.stream().filter(Use::shared).findFirst();
    if (launches.ended() == 0) {
      return "unknown: no launch ended in the measured window.";
    }
    if (busiest.isEmpty() || busiest.get().utilisation() == 0) {
      return "unknown: no resource was observed.";
    }
    Use use = busiest.get();
    String busy = String.format(Locale.ROOT, "%.1f %%", 100 * use.utilisation());
    if (!saturated) {
      return "nothing yet; the busiest is " + use.resource() + " (" + busy + ").";
    }
    return String.format(
        Locale.ROOT,
        "%s, busy %s of the time; %.1f tasks wait for it.",
        use.resource(),
        busy,
        use.meanQueue());
  }
}
