package dev.ksgx.load.statistics;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says in words what binds. */
public final class Verdict {
  /** From this busy share on a resource is named although it does not bind yet. */
  private static final double NEARLY = 0.8;

  private Verdict() {}

  /**
   * One sentence. In a saturated system the shared resource that is busiest binds; in another one
   * it is the first that will, and from 80 % on it is said to bind nearly.
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
    if (!saturated && use.utilisation() < NEARLY) {
      return "nothing yet; the busiest is " + use.resource() + " (" + busy + ").";
    }
    return String.format(
        Locale.ROOT,
        "%s%s: busy %s, %.1f tasks wait for it.",
        saturated ? "" : "nearly ",
        use.resource(),
        busy,
        use.meanQueue());
  }
}
