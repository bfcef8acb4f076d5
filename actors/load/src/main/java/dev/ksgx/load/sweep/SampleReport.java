package dev.ksgx.load.sweep;

import dev.ksgx.load.report.Version;
import dev.ksgx.load.study.Design;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a sample says: in which share of the sampled space a ranking of two designs holds, and on
 * what that depends. Its components are the fields of the JSON, in order.
 *
 * @param format version of this layout: 1
 * @param command what makes this report again
 * @param samples of which every design was run
 * @param planned samples; more than {@code samples} if the sweep was stopped
 * @param inputs what varied
 * @param rankings every pair of designs, in the order of the designs
 * @param dependences for each of these pairs what its outcomes depend on
 */
public record SampleReport(
    int format,
    String title,
    String command,
    long seed,
    String version,
    int samples,
    int planned,
    List<Varied> inputs,
    List<Carrier> designs,
    List<Ranking> rankings,
    List<Dependence> dependences) {

  /** An input and what it ranged over. */
  public record Varied(String name, String kind, String range, String source) {}

  /**
   * A design.
   *
   * @param saturated share of the samples in which it did not carry the load
   * @param best share in which no other was ahead of it, and it carried the load
   */
  public record Carrier(
      String name, String description, Ranking.Share saturated, Ranking.Share best) {}

  /**
   * What a pair depends on.
   *
   * @param ahead outcome 1 where the first is ahead, 0 elsewhere: its mean is a share of the space
   * @param logRatio natural logarithm of first's over second's mean latency, where both carry
   * @param logThroughput natural logarithm of first's over second's launches per second
   */
  public record Dependence(
      String first, String second, Tornado ahead, Tornado logRatio, Tornado logThroughput) {}

  private static final int FORMAT = 1;

  /**
   * The report of a sample.
   *
   * @param rows in the order of the plan; samples of which rows are missing are left out
   * @return empty if no sample has all its rows
   */
  public static Optional<SampleReport> of(SweepPlan plan, List<Row> rows) {
    Map<String, Row> byId = new LinkedHashMap<>();
    rows.forEach(row -> byId.put(row.id(), row));
    List<Design> designs = plan.designs();
    List<List<Row>> columns = new ArrayList<>();
    designs.forEach(design -> columns.add(new ArrayList<>()));
    List<double[]> levels = new ArrayList<>();
    for (int cell = 0; cell < plan.cells().size(); cell++) {
      int from = cell * designs.size();
      List<Row> found =
          plan.points().subList(from, from + designs.size()).stream()
              .map(point -> byId.get(point.id()))
              .filter(row -> row != null)
              .toList();
      if (found.size() == designs.size()) {
        levels.add(plan.levels()[cell]);
        for (int i = 0; i < found.size(); i++) {
          columns.get(i).add(found.get(i));
        }
      }
    }
    if (levels.isEmpty()) {
      return Optional.empty();
    }
    List<Ranking> rankings = new ArrayList<>();
    List<Dependence> dependences = new ArrayList<>();
    double[][] matrix = levels.toArray(double[][]::new);
    for (int first = 1; first < designs.size(); first++) {
      for (int second = 0; second < first; second++) {
        rankings.add(Ranking.of(columns.get(first), columns.get(second)));
        dependences.add(dependence(plan.inputs(), matrix, columns.get(first), columns.get(second)));
      }
    }
    SampleReport report =
        new SampleReport(
            FORMAT,
            "latin hypercube, on " + plan.base().name(),
            plan.request().command(),
            plan.base().load().seed(),
            Version.running(),
            levels.size(),
            plan.cells().size(),
            plan.inputs().stream()
                .map(each -> new Varied(each.name(), each.kind(), each.inWords(), each.source()))
                .toList(),
            carriers(designs, columns),
            rankings,
            dependences);
    return Optional.of(report);
  }

  private static List<Carrier> carriers(List<Design> designs, List<List<Row>> columns) {
    int samples = columns.get(0).size();
    List<Carrier> carriers = new ArrayList<>();
    for (int i = 0; i < designs.size(); i++) {
      int saturated = 0;
      int best = 0;
      for (int sample = 0; sample < samples; sample++) {
        Row own = columns.get(i).get(sample);
        saturated += own.carries() ? 0 : 1;
        boolean beaten = !own.carries();
        for (List<Row> other : columns) {
          beaten |= Ranking.standing(own, other.get(sample)).sign() < 0;
        }
        best += beaten ? 0 : 1;
      }
      carriers.add(
          new Carrier(
              designs.get(i).name(),
              designs.get(i).description(),
              Ranking.Share.of(saturated, samples),
              Ranking.Share.of(best, samples)));
    }
    return carriers;
  }

  private static Dependence dependence(
      List<Input> inputs, double[][] levels, List<Row> firsts, List<Row> seconds) {
    List<Double> ahead = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    List<Double> throughputs = new ArrayList<>();
    for (int i = 0; i < firsts.size(); i++) {
      Row first = firsts.get(i);
      Row second = seconds.get(i);
      ahead.add(Ranking.standing(first, second).sign() > 0 ? 1.0 : 0.0);
      ratios.add(
          first.carries() && second.carries()
              ? (Double) StrictMath.log(first.meanMicros() / second.meanMicros())
              : null);
      throughputs.add(
          first.achievedPerSecond() > 0 && second.achievedPerSecond() > 0
              ? (Double) StrictMath.log(first.achievedPerSecond() / second.achievedPerSecond())
              : null);
    }
    return new Dependence(
        firsts.get(0).design(),
        seconds.get(0).design(),
        Tornado.of("ahead", inputs, levels, ahead),
        Tornado.of("log latency ratio", inputs, levels, ratios),
        Tornado.of("log throughput ratio", inputs, levels, throughputs));
  }
}
