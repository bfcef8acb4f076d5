package dev.ksgx.protocol.message;

import java.util.List;

/**
 * What a task executes on a core without giving it up: steps in order.
 *
 * <p>A burst ends early at the first step whose outcome is not a success; the answer tells how far
 * it came. Nothing preempts the task between the steps of a burst whose {@code preemptOff} is set.
 *
 * @param steps at least one
 * @param preemptOff a preempt-off section, such as four WRMSR and the EINIT that relies on them
 */
public record Burst(List<Step> steps, boolean preemptOff) {
  public Burst {
    steps = List.copyOf(steps);
  }

  /** A burst that may be preempted between its steps. */
  public static Burst of(Step... steps) {
    return new Burst(List.of(steps), false);
  }

  /** A burst that nothing cuts. */
  public static Burst preemptOff(List<Step> steps) {
    return new Burst(steps, true);
  }
}
