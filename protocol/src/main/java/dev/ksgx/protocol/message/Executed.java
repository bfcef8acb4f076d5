package dev.ksgx.protocol.message;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;

/**
 * A burst ended; the task still holds the core.
 *
 * @param call the asker's number
 * @param task who ran
 * @param core index of the core it ran on; -1 if it did not run
 * @param results one a step that ran, in order; the last one may be a failure
 * @param signalPending a signal waits for the task
 */
public record Executed(
    long call, TaskRef task, int core, List<StepResult> results, boolean signalPending)
    implements Reply {
  /** The answer to a task that may not run any more. */
  public static Executed refused(long call, TaskRef task, String why) {
    return new Executed(call, task, -1, List.of(new StepResult.Left(Bytes.zeros(0), why)), true);
  }

  /** The result of the last step that ran. */
  public StepResult last() {
    return results.get(results.size() - 1);
  }
}
