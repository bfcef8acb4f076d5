package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.cpu.LogicalProcessor;
import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.leaf.Leaf;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.probe.Probe;
import java.util.List;

/** How each kind of step begins on one core and ends there, and how long it takes. */
final class Steps {
  /** Step of isa.md 6.1 at which EINIT first looks for events. */
  private static final int EINIT_POLL_STEP = 5;

  private final LogicalProcessor processor;
  private final Durations durations;
  private final CoreTime time;
  private final CoreCounters counters;
  private final HashCache hashes = new HashCache();
  private final HashState hashState;

  Steps(
      LogicalProcessor processor,
      Durations durations,
      CoreTime time,
      CoreCounters counters,
      Probe probe) {
    this.processor = processor;
    this.durations = durations;
    this.time = time;
    this.counters = counters;
    this.hashState = new HashState(probe);
  }

  /**
   * Begins a step.
   *
   * @param switched after a context switch
   */
  StepRun begin(Step next, long now, boolean switched) {
    time.skipTo(now);
    StepRun run = new StepRun();
    run.switchNanos = switched ? durations.software(Work.CONTEXT_SWITCH, 1) : 0;
    long start = now + run.switchNanos;
    if (next instanceof Step.Encls encls) {
      beginLeaf(run, encls, start);
      return run;
    }
    if (EnclaveVisit.isFor(next)) {
      run.visit = new EnclaveVisit(processor, durations, time, counters, next, start);
      run.endNanos = run.visit.nextNanos();
      return run;
    }
    long nanos;
    if (next instanceof Step.Software software) {
      nanos = durations.software(software.work(), software.times());
      run.result = StepResult.Done.DONE;
    } else if (next instanceof Step.Compute compute) {
      nanos = durations.compute(compute.cycles());
      run.result = StepResult.Done.DONE;
    } else if (next instanceof Step.Wrmsr wrmsr) {
      nanos = wrmsr(run, wrmsr.msr(), wrmsr.value());
    } else if (next instanceof Step.CachedWrmsr wrmsr) {
      nanos = cachedWrmsr(run, wrmsr);
    } else {
      nanos = durations.of(Cost.ENCLAVE_ACCESS);
      run.result = access((Step.Access) next);
    }
    run.endNanos = time.delayed(start + nanos);
    return run;
  }

  private long cachedWrmsr(StepRun run, Step.CachedWrmsr wrmsr) {
    if (!wrmsr.force() && hashes.holds(wrmsr.msr(), wrmsr.value())) {
      run.result = new StepResult.Msr(true);
      return 0;
    }
    hashes.wrote(wrmsr.msr(), wrmsr.value());
    return wrmsr(run, wrmsr.msr(), wrmsr.value());
  }

  private long wrmsr(StepRun run, int msr, long value) {
    boolean ok = processor.wrmsr(msr, value).ok();
    run.result = new StepResult.Msr(ok);
    if (ok) {
      hashState.wrote(msr, value);
    }
    counters.msrWrites++;
    return durations.of(Cost.WRMSR);
  }

  /** Writes them now, in an interrupt's handler; nanoseconds that it takes. */
  long crossCall(List<Step.Wrmsr> writes) {
    StepRun run = new StepRun();
    long nanos = time.crossCall();
    for (Step.Wrmsr write : writes) {
      nanos += wrmsr(run, write.msr(), write.value());
    }
    return nanos;
  }

  private StepResult access(Step.Access access) {
    processor.useTranslation(access.translation());
    AccessResult result =
        access.data() == null
            ? processor.load(access.linear(), access.length())
            : processor.store(access.linear(), access.data());
    return result.outcome() == AccessResult.Outcome.PF
        ? new StepResult.Faulted(access, result.address(), result.errorCode(), result.check())
        : new StepResult.Accessed(result);
  }

  private void beginLeaf(StepRun run, Step.Encls encls, long start) {
    run.leaf = processor.begin(encls.request());
    LeafResult result = run.leaf.result();
    long nanos = durations.leaf(encls.request(), result);
    if (result.leaf() != Leaf.EINIT) {
      run.endNanos = time.delayed(start + nanos);
      return;
    }
    counters.einits++;
    run.polls = result.isOk() || result.step() > EINIT_POLL_STEP;
    time.planEinit(run, time.takeUntil(start), nanos);
  }

  /** Ends a step whose time is over. */
  StepResult end(StepRun run) {
    if (run.visit != null) {
      return run.visit.result();
    }
    return run.leaf == null ? run.result : endLeaf(run);
  }

  private StepResult endLeaf(StepRun over) {
    LeafResult result;
    if (over.interrupted) {
      result = over.leaf.abort128();
      counters.einitRetries++;
    } else {
      over.leaf.end();
      result = over.leaf.result();
    }
    if (result.leaf() == Leaf.EINIT && !result.isOk()) {
      counters.wastedNanos += over.leafNanos;
    }
    if (result.conflict()) {
      counters.conflicts++;
    }
    if (result.leaf() == Leaf.ETRACK && result.isOk()) {
      counters.tracks++;
    }
    boolean written =
        result.leaf() == Leaf.EWB && (result.isOk() || result.status() == Status.INFO);
    return new StepResult.Leaf(result, over.leaf.rbx(), written ? over.leaf.evicted() : null);
  }

  /** Whether a burst ends at this result. */
  static boolean failed(StepResult result) {
    if (result instanceof StepResult.Leaf leaf) {
      return !leaf.result().isOk();
    }
    if (result instanceof StepResult.Msr msr) {
      return !msr.ok();
    }
    if (result instanceof StepResult.Accessed accessed) {
      return accessed.result().isFault();
    }
    return result instanceof StepResult.Faulted
        || result instanceof StepResult.Left left && !left.fault().isEmpty();
  }

  /** Whether the task is in user mode during a step, where it can be cut. */
  static boolean inUserMode(Step step) {
    return step instanceof Step.Compute || EnclaveVisit.isFor(step);
  }
}
