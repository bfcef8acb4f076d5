package dev.ksgx.load.size;

import java.util.List;

/**
 * How much of each resource it takes, all others as in the scenario; the fields of the JSON, in
 * order.
 *
 * @param format version of this layout: 2
 * @param command what makes the answer again
 * @param version of the program that made it
 * @param objective that has to hold
 * @param design the driver of the scenario, or the name of a launch design
 * @param ratePerSecond launches planned; null if the load has no steady rate
 * @param launches planned at each amount that is tried
 * @param openCosts inputs that the cost models differ in
 * @param answers one a resource
 */
public record SizeReport(
    int format,
    String command,
    String version,
    String objective,
    String scenario,
    String design,
    long seed,
    Double ratePerSecond,
    int launches,
    List<String> openCosts,
    List<Answer> answers) {

  /**
   * A resource.
   *
   * @param most whether the most that can be had is told, not the least that is needed
   * @param low the least that is tried
   * @param high the most that is tried
   * @param byCosts with the open costs at their low ends, as they are, at their high ends; empty if
   *     the resource has no meaning here
   */
  public record Answer(
      String resource, String unit, boolean most, long low, long high, List<ByCosts> byCosts) {}

  /**
   * With one cost model.
   *
   * @param costs low, default or high
   * @param amount null if the objective cannot be met with this resource
   * @param monotone false if an amount was met that contradicts {@code amount}
   * @param there what was found with that amount; where it cannot be met, at the best end
   * @param tried all amounts, in order
   */
  public record ByCosts(
      String costs, Long amount, boolean monotone, Search.Tried there, List<Search.Tried> tried) {}

  /** Whether the objective can be met with the costs as they are. */
  public boolean isMet() {
    return answers.stream()
        .flatMap(answer -> answer.byCosts().stream())
        .anyMatch(each -> each.costs().equals("default") && each.amount() != null);
  }
}
