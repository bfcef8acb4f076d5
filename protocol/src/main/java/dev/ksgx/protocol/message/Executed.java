package dev.ksgx.protocol.message;

import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;

/**
 * A burst ended; the task still holds the core.
 *
 * @param call the asker's number
 * @param task who ran
 * @param core index of the core it ran on
 * @param results one a step that ran, in order; the last one may be a failure
 * @param signalPending a signal waits for the task
 */
public record Executed(
    long call, TaskRef task, int core, List<StepResult> results, boolean signalPending)
    implements Reply {
  /** The result of the last step that ran. */
  public StepResult last() {
    return results.get(results.size() - 1);
  }
}
