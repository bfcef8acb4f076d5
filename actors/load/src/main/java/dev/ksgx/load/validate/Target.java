package dev.ksgx.load.validate;

/**
 * One published figure and what of the model stands against it.
 *
 * @param id row of costs.md 3, and which figure of it
 * @param what in words
 * @param scenario of {@code validation/}, without the ending
 * @param over a scenario whose same figure the first is divided by; empty for none
 * @param figure as the experiment names it
 * @param unit s, pages, cycles, or empty for a ratio
 * @param bounds what is accepted; null if no tolerance was declared, so that it is only shown
 * @param fitted the model was made with this figure in view
 */
public record Target(
    String id,
    String what,
    String scenario,
    String over,
    String figure,
    String unit,
    double published,
    Bounds bounds,
    boolean fitted) {
  /**
   * What is accepted.
   *
   * @param declared the tolerance as it was declared: {@code 10 %}, {@code x2}, {@code 0.03-0.05}
   */
  public record Bounds(double low, double high, String declared) {
    boolean hold(double value) {
      return value >= low && value <= high;
    }
  }
}
