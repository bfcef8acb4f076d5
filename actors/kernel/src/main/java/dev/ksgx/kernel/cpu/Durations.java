package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.leaf.AddPage;
import dev.ksgx.hardware.leaf.Einit;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.random.RandomStream;

/** How long things take on one core: cycles of the cost model at the core's frequency. */
final class Durations {
  /** Steps of isa.md 6.1: the launch key is derived; the enclave is initialised. */
  private static final int KEY_STEP = 19;

  private static final int COMMIT_STEP = 24;

  private static final Cost[] SOFTWARE = new Cost[Work.values().length];

  static {
    for (Work work : Work.values()) {
      SOFTWARE[work.ordinal()] = Cost.valueOf(work.name());
    }
  }

  private final CostModel costs;
  private final boolean free;
  private final double nanosPerCycle;
  private final RandomStream random;

  Durations(KernelConfig config, RandomStream random) {
    this.costs = config.costs().inCyclesAt(config.ghz());
    this.free = costs.isZero();
    this.nanosPerCycle = 1 / config.ghz();
    this.random = random;
  }

  /** Nanoseconds of {@code cycles}. */
  long nanos(long cycles) {
    return Math.round(cycles * nanosPerCycle);
  }

  /** Nanoseconds of software, with its jitter. */
  long software(Work work, int times) {
    long cycles = costs.cycles(SOFTWARE[work.ordinal()]) * times;
    if (costs.jitter() == 0 || cycles == 0) {
      return nanos(cycles);
    }
    double factor = 1 + costs.jitter() * (2 * random.nextDouble() - 1);
    return Math.round(cycles * factor * nanosPerCycle);
  }

  /** Nanoseconds of one cost without jitter. */
  long of(Cost cost) {
    return nanos(costs.cycles(cost));
  }

  /** Nanoseconds of user-mode computing; nothing where nothing costs anything. */
  long compute(long cycles) {
    return free ? 0 : nanos(cycles);
  }

  /** Nanoseconds of a step inside an enclave that is not its exit. */
  long program(EnclaveStep step) {
    if (step instanceof EnclaveStep.Touch touch && touch.cycles() > 0) {
      return compute(touch.cycles());
    }
    if (step instanceof EnclaveStep.GetKey) {
      return of(Cost.EGETKEY);
    }
    if (step instanceof EnclaveStep.MakeReport) {
      return of(Cost.EREPORT);
    }
    if (step instanceof EnclaveStep.Compute compute) {
      return compute(compute.cycles());
    }
    return of(Cost.ENCLAVE_ACCESS);
  }

  /** Cycles that {@code nanos} make. */
  long cycles(long nanos) {
    return Math.round(nanos / nanosPerCycle);
  }

  /** Nanoseconds of an ENCLS leaf that ended as {@code result} says. */
  long leaf(EnclsRequest request, LeafResult result) {
    return nanos(leafCycles(request, result));
  }

  private long leafCycles(EnclsRequest request, LeafResult result) {
    if (request instanceof AddPage add) {
      int chunks = result.isOk() ? Integer.bitCount(add.mrmask()) : 0;
      return costs.cycles(Cost.EADD) + chunks * costs.cycles(Cost.EEXTEND);
    }
    if (request instanceof Einit einit) {
      int step = result.isOk() ? COMMIT_STEP : result.step();
      return costs.einit(step, step > KEY_STEP && einit.token().isPresent());
    }
    return costs.cycles(
        switch (request.leaf()) {
          case ECREATE -> Cost.ECREATE;
          case EADD -> Cost.EADD;
          case EEXTEND -> Cost.EEXTEND;
          case EREMOVE -> Cost.EREMOVE;
          case EPA -> Cost.EPA;
          case EBLOCK -> Cost.EBLOCK;
          case ETRACK -> Cost.ETRACK;
          case EWB -> Cost.EWB;
          case ELDB, ELDU -> Cost.ELD;
          case EDBGRD, EDBGWR -> Cost.EDBG;
          default ->
              throw new IllegalStateException(
                  request.leaf() + " has no cost: this driver does not use it");
        });
  }
}
