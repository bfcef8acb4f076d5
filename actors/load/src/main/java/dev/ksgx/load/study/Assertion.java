package dev.ksgx.load.study;

import dev.ksgx.load.scenario.ScenarioException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user claims of a study: {@code METRIC COMPARISON VALUE [UNIT] [for DESIGN]}.
 *
 * <ul>
 *   <li>{@code mean}, {@code p50}, {@code p90}, {@code p95}, {@code p99}, {@code p99.9}: latency; a
 *       unit is needed: {@code ns}, {@code us}, {@code ms}, {@code s}
 *   <li>{@code achieved}, {@code offered}: launches per second; unit {@code /s} or none
 *   <li>{@code failed}: launches, or with {@code %} their share of those that ended
 * </ul>
 *
 * Comparisons are {@code < <= > >= ==}. It must hold at every point, or at those of the design. A
 * figure that cannot be said (a saturated point has no latency) fulfils no claim. A launch that
 * failed is later than any latency: percentiles are of all launches that ended, and of a mean
 * nothing can be said.
 *
 * @param text as the user wrote it
 * @param value in the unit of the report: microseconds, launches per second, launches, per cent
 * @param share whether {@code value} is a percentage
 * @param design of which it is said; empty: of all
 */
public record Assertion(
    String text, String metric, String comparison, double value, boolean share, String design) {

  /**
   * What became of an assertion at one point.
   *
   * @param holds whether it holds there
   * @param message what the figure is
   */
  public record Verdict(
      Assertion assertion, StudyReport.Point point, boolean holds, String message) {
    /** For messages: {@code p99 < 5 ms: v5, load 0.4: is 7,300.0 us}. */
    public String inWords() {
      StringBuilder words = new StringBuilder(assertion.text()).append(": ").append(point.design());
      point.at().forEach((axis, at) -> words.append(", ").append(axis).append(' ').append(at));
      return words.append(": ").append(message).toString();
    }
  }

  private static final Map<String, Double> MICROS =
      Map.of("ns", 1e-3, "us", 1.0, "ms", 1e3, "s", 1e6);

  private static final Pattern GRAMMAR =
      Pattern.compile(
          "\\s*(mean|p50|p90|p95|p99\\.9|p99|achieved|offered|failed)\\s*(<=|>=|==|<|>)"
              + "\\s*([0-9]+(?:\\.[0-9]+)?)\\s*(ns|us|ms|s|/s|%)?(?:\\s+for\\s+(\\S+))?\\s*");

  /**
   * Reads an assertion.
   *
   * @param designs that there are
   * @throws ScenarioException with one line that says what would be right
   */
  public static Assertion parse(String text, List<String> designs) {
    Matcher matcher = GRAMMAR.matcher(text);
    if (!matcher.matches()) {
      throw wrong(text, "must be METRIC COMPARISON VALUE [UNIT] [for DESIGN], such as p99 < 5 ms");
    }
    String metric = matcher.group(1);
    String unit = matcher.group(4) == null ? "" : matcher.group(4);
    double value = Double.parseDouble(matcher.group(3));
    boolean isTime = metric.startsWith("p") || metric.equals("mean");
    if (isTime && !MICROS.containsKey(unit)) {
      throw wrong(text, metric + " needs a unit: ns, us, ms or s");
    }
    if (metric.equals("failed")
        ? !List.of("", "%").contains(unit)
        : !isTime && unit.matches("[a-z%]+")) {
      throw wrong(text, metric + " is not counted in " + unit);
    }
    String design = matcher.group(5) == null ? "" : matcher.group(5);
    if (!design.isEmpty() && !designs.contains(design)) {
      throw wrong(
          text,
          designs.isEmpty()
              ? "there is one design here; leave out for " + design
              : "no design " + design + " is compared: " + String.join(", ", designs));
    }
    return new Assertion(
        text.trim(),
        metric,
        matcher.group(2),
        isTime ? value * MICROS.get(unit) : value,
        unit.equals("%"),
        design);
  }

  private static ScenarioException wrong(String text, String why) {
    return new ScenarioException("--assert '" + text + "': " + why);
  }

  /** What becomes of it at each point that it is about, in the order of the report. */
  public List<Verdict> check(StudyReport report) {
    List<Verdict> verdicts = new ArrayList<>();
    for (StudyReport.Point point : report.points()) {
      if (design.isEmpty() || design.equals(point.design())) {
        verdicts.add(check(point));
      }
    }
    return verdicts;
  }

  /** 0 to 100; 0 if it is not about a percentile. */
  public double percentile() {
    return metric.startsWith("p") ? Double.parseDouble(metric.substring(1)) : 0;
  }

  /**
   * The percentile among launches that have a latency that is this one among all, if those without
   * are later than any; above 100 where it is one of them.
   *
   * @param timed launches with a latency
   * @param without launches without one
   */
  public double percentileAmong(long timed, long without) {
    return percentile() * (timed + without) / timed;
  }

  /** Whether the claim is about latencies, and launches that failed leave it open. */
  public boolean isVoided(long succeeded, long failed) {
    return metric.equals("mean")
        ? failed > 0
        : percentile() > 0 && percentileAmong(succeeded, failed) > 100;
  }

  /** The metric with the unit of its figures, as a key of JSON: {@code p999Micros}. */
  public String figureName() {
    return metric.replace(".", "")
        + switch (metric) {
          case "achieved", "offered" -> "PerSecond";
          case "failed" -> share ? "Percent" : "Launches";
          default -> "Micros";
        };
  }

  /** Its figure at a point, in the unit of {@link #value}; null if it cannot be said. */
  public Double measured(StudyReport.Point point) {
    return isVoided(point.launches(), point.failedLaunches()) ? null : figure(point);
  }

  private Verdict check(StudyReport.Point point) {
    Double figure = figure(point);
    long failed = point.failedLaunches();
    if (figure != null && isVoided(point.launches(), failed)) {
      String why =
          "is unknown: " + failed + " of " + (failed + point.launches()) + " launches failed";
      return new Verdict(this, point, false, why);
    }
    if (figure == null) {
      String why =
          point.saturated()
              ? "is saturated, so it has no latency"
              : point.launches() == 0
                  ? "no launch succeeded"
                  : "fewer than 1,000 of " + point.launches() + " launches lie beyond it";
      return new Verdict(this, point, false, why);
    }
    return new Verdict(
        this, point, holds(figure), String.format(Locale.ROOT, "is %,.3f%s", figure, unit()));
  }

  /** Whether it holds of a figure in the unit of {@link #value}. */
  public boolean holds(double figure) {
    return switch (comparison) {
      case "<" -> figure < value;
      case "<=" -> figure <= value;
      case ">" -> figure > value;
      case ">=" -> figure >= value;
      default -> figure == value;
    };
  }

  private String unit() {
    return switch (metric) {
      case "achieved", "offered" -> " /s";
      case "failed" -> share ? " %" : "";
      default -> " us";
    };
  }

  private Double figure(StudyReport.Point point) {
    return switch (metric) {
      case "achieved" -> point.achievedPerSecond().mean();
      case "offered" -> point.offeredPerSecond().mean();
      case "failed" -> failed(point);
      default -> latency(point);
    };
  }

  private double failed(StudyReport.Point point) {
    double failed =
        share
            ? point.failedLaunches()
            : point.failed().values().stream().mapToLong(Long::longValue).sum();
    double ended = failed + point.launches();
    return share ? ended == 0 ? 0 : 100 * failed / ended : failed;
  }

  /** That of the launches that succeeded is no more than that of all. */
  private Double latency(StudyReport.Point point) {
    Double ofSucceeded = ofSucceeded(point.latency());
    if (ofSucceeded == null
        || percentile() == 0
        || point.failedLaunches() == 0
        || comparison.equals(">")
        || comparison.equals(">=")) {
      return ofSucceeded;
    }
    double share = percentileAmong(point.launches(), point.failedLaunches()) / 100;
    return point.cdf().stream()
        .filter(step -> step.get(1) >= share)
        .map(step -> step.get(0))
        .findFirst()
        .orElse(ofSucceeded);
  }

  private Double ofSucceeded(StudyReport.Latency latency) {
    if (latency == null) {
      return null;
    }
    Estimate estimate =
        switch (metric) {
          case "mean" -> latency.mean();
          case "p50" -> latency.p50();
          case "p90" -> latency.p90();
          case "p95" -> latency.p95();
          case "p99" -> latency.p99();
          default -> latency.p999();
        };
    return estimate == null ? null : (Double) estimate.mean();
  }
}
