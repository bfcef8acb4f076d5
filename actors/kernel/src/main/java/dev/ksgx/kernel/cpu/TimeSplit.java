package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.Leaf;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.State;

/**
 * Tells the probe what the time that a core serves a request is spent on ({@link CoreWork}), step
 * by step: the parts sum to the time that the burst took. And whose burst it is, or was last.
 */
final class TimeSplit {
  private final Probe probe;
  private final CoreTime time;
  private final State task;
  private final long eaddNanos;
  private long request;
  private long sinceNanos;

  TimeSplit(Probe probe, CoreTime time, Durations durations) {
    this.probe = probe;
    this.task = probe.state("task");
    this.time = time;
    this.eaddNanos = durations.of(Cost.EADD);
  }

  /** The core begins with a burst, or goes on with one. */
  void begins(CoreMessage.Execute execute, long nowNanos) {
    request = KernelServices.timeline(execute.task(), execute.request());
    sinceNanos = nowNanos;
    task.set(execute.task().tid());
    time.handlerNanos();
  }

  /**
   * A step ended.
   *
   * @param run null if it had not begun
   * @param result how; null if it was cut
   */
  void ended(Step step, StepRun run, StepResult result, long nowNanos) {
    long left = nowNanos - sinceNanos;
    sinceNanos = nowNanos;
    long handlers = time.handlerNanos();
    if (request == 0 || left == 0 || run == null) {
      return;
    }
    left -= tell(CoreWork.INTERRUPT, Math.min(left, handlers));
    left -= tell(CoreWork.SWITCH, Math.min(left, run.switchNanos));
    if (step instanceof Step.Encls encls && encls.request().leaf() == Leaf.EADD) {
      left -= tell(CoreWork.EADD, Math.min(left, eaddNanos));
      tell(CoreWork.EEXTEND, left);
    } else {
      tell(workOf(step, run, result), left);
    }
  }

  private long tell(CoreWork work, long nanos) {
    if (nanos > 0) {
      probe.spent(request, work.label(), nanos);
    }
    return nanos;
  }

  private static CoreWork workOf(Step step, StepRun run, StepResult result) {
    if (step instanceof Step.Encls encls) {
      return leaf(encls.request(), run, result);
    }
    if (step instanceof Step.Wrmsr || step instanceof Step.CachedWrmsr) {
      return CoreWork.WRMSR;
    }
    if (step instanceof Step.Compute) {
      return CoreWork.USER;
    }
    if (step instanceof Step.Software software) {
      return switch (software.work()) {
        case HASH_MODULUS, PIPE_WRITE, PIPE_READ -> CoreWork.TOKEN;
        default -> CoreWork.SOFTWARE;
      };
    }
    return EnclaveVisit.isFor(step) ? CoreWork.ENCLAVE : CoreWork.SOFTWARE;
  }

  private static CoreWork leaf(EnclsRequest leaf, StepRun run, StepResult result) {
    return switch (leaf.leaf()) {
      case EINIT -> {
        if (run.interrupted) {
          yield CoreWork.EINIT_RETRY;
        }
        yield result == null || Steps.failed(result) ? CoreWork.EINIT_WASTED : CoreWork.EINIT;
      }
      case ECREATE -> CoreWork.ECREATE;
      case EEXTEND -> CoreWork.EEXTEND;
      case EREMOVE -> CoreWork.EREMOVE;
      default -> CoreWork.PAGING;
    };
  }
}
