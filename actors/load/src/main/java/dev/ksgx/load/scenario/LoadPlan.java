package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import java.util.List;

/**
 * The load of a scenario, checked. Each component is the key of the same name in {@code
 * reference.conf}, which documents it.
 *
 * @param ratePerSecond launches per second (open loop)
 * @param thinkTimeNanos mean pause (closed loop)
 * @param image {@code tiny}, {@code small}, {@code pages-75} or {@code N pages}
 * @param lifetimeNanos how long an enclave lives
 * @param warmUpNanos virtual time before the window opens
 * @param groups enclaves that live beside the launches until the window closes, in the order of
 *     their names
 */
public record LoadPlan(
    long seed,
    int processes,
    int threadsPerProcess,
    Arrivals arrivals,
    double ratePerSecond,
    long thinkTimeNanos,
    String image,
    long lifetimeNanos,
    long warmUpNanos,
    RunLength length,
    List<LifeGroup> groups) {

  public LoadPlan {
    groups = List.copyOf(groups);
  }

  /** Where launches come from. */
  public enum Arrivals {
    /** Open loop: planned by a Poisson process, whatever becomes of earlier launches. */
    POISSON,
    /** Closed loop: a thread plans its next launch when the last one has ended. */
    CLOSED
  }

  /** Far beyond any machine; a plan at a higher rate only fills the memory. */
  private static final int MAX_RATE = 10_000_000;

  private static final String IMAGE =
      "tiny, small, pages-75 or a number of pages from 4 to 100000 (\"200 pages\")";

  private static final String LENGTH =
      "a time above 0 with its unit (2 s) or a number of launches (20000 launches)";

  /** Threads that launch, over all processes. */
  public int threads() {
    return processes * threadsPerProcess;
  }

  /** Virtual time at which the window closes; 0 if a number of launches closes it. */
  public long endNanos() {
    return length instanceof RunLength.Time time ? warmUpNanos + time.nanos() : 0;
  }

  /**
   * Reads the keys under {@code load}.
   *
   * @param config completed
   * @throws ScenarioException naming the key, its value, its place and what would be right
   */
  static LoadPlan from(Config config) {
    Values values = new Values(config, "load");
    return new LoadPlan(
        values.whole("seed", 0, Long.MAX_VALUE, "a whole number from 0"),
        values.count("processes", 1, 4096),
        values.count("threads-per-process", 1, 64),
        Arrivals.valueOf(named(values.choice("arrivals", List.of("poisson", "closed")))),
        values.positive("rate", MAX_RATE, "launches per second"),
        values.nanos("think-time"),
        image(values),
        values.nanos("lifetime"),
        values.nanos("warm-up"),
        length(values),
        LivesPlan.groups(config));
  }

  private static String image(Values values) {
    String text = values.text("image").trim();
    if (List.of("tiny", "small", "pages-75").contains(text)) {
      return text;
    }
    if (text.matches("[0-9]{1,6} +pages")) {
      int pages = Integer.parseInt(text.substring(0, text.indexOf(' ')));
      if (pages >= 4 && pages <= 100_000) {
        return pages + " pages";
      }
    }
    throw values.refused("image", IMAGE);
  }

  private static RunLength length(Values values) {
    String text = values.text("length").trim();
    if (text.matches("[0-9]{1,12} +launches")) {
      long launches = Long.parseLong(text.substring(0, text.indexOf(' ')));
      if (launches == 0) {
        throw values.refused("length", LENGTH);
      }
      return new RunLength.Count(launches);
    }
    if (!text.matches("[0-9.]+ *[a-zA-Z]+") || values.nanos("length") == 0) {
      throw values.refused("length", LENGTH);
    }
    return new RunLength.Time(values.nanos("length"));
  }

  private static String named(String choice) {
    return choice.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
  }
}
