package dev.ksgx.load.faults;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.embed.SgxException;
import dev.ksgx.kernel.embed.SgxKernel;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.protocol.abi.LaunchFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One fault under one design: eight callers with the device open launch at the same instant, twice
 * to warm up; the third time the fault comes in the second half, while a request is in the works.
 * Then the remedies, one after the other, until launches are again what they were.
 *
 * <p>Whether a signal ends a wait is found out in a second run of the same course, because who was
 * signalled is not the same caller afterwards.
 */
final class FaultExperiment {
  private static final Duration UNTIL_NEWCOMER = Duration.ofMillis(10);
  private static final Duration UNTIL_SIGNALS = Duration.ofMillis(990);
  private static final Duration AFTER_SIGNAL = Duration.ofMillis(1);
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /** How many times longer than a healthy one a launch may take and count as healthy. */
  private static final int HEALTHY_FACTOR = 10;

  private final KernelConfig config;
  private final FaultState state;
  private final long seed;
  private final Rehearsal.Moment moment;

  FaultExperiment(KernelConfig config, FaultState state, long seed) {
    this.config = state.isOfTheMachine() ? locked(config, state) : config;
    this.state = state;
    this.seed = seed;
    this.moment = Rehearsal.of(this.config, seed, state == FaultState.CALLER_KILLED);
  }

  private static KernelConfig locked(KernelConfig config, FaultState state) {
    MachineConfig.Builder machine =
        MachineConfig.builder().processors(config.cores()).launchControlLocked();
    if (state == FaultState.MSRS_LOCKED_TO_IT) {
      machine.launchHash(LaunchKey.signer());
    }
    return config.withMachine(machine.build());
  }

  /** The row, for a design of that name with bugs of that name. */
  FaultRow run(String design, String bugs) {
    try (SimulatedKernel kernel = SgxKernel.simulated(config, seed)) {
      Course course = new Course(kernel);
      course.run();
      course.callers.pass(UNTIL_SIGNALS);
      int waiting = (int) course.concerned().filter(attempt -> !attempt.isOver()).count();
      course.callers.pass(Callers.PATIENCE);
      List<FaultRow.Result> results = results(course.affected);
      FaultRow.Result newcomer = results(List.of(course.newcomer)).get(0);
      List<FaultRow.Tried> tried = new ArrayList<>();
      String healedBy = course.heal(tried);
      return new FaultRow(
          design,
          bugs,
          state.key(),
          course.affected.size(),
          results,
          waiting,
          waiting == 0 ? 0 : interrupted(),
          newcomer,
          tried,
          healedBy);
    }
  }

  /** How many of those that wait 1 s after the fault a signal wakes. */
  private int interrupted() {
    try (SimulatedKernel kernel = SgxKernel.simulated(config, seed)) {
      Course course = new Course(kernel);
      course.run();
      course.callers.pass(UNTIL_SIGNALS);
      List<Attempt> waiting =
          course
              .concerned()
              .filter(attempt -> !attempt.isOver())
              .sorted(Comparator.comparing(attempt -> !course.callers.isQueued(attempt)))
              .toList();
      int ended = 0;
      for (Attempt attempt : waiting) {
        boolean waits = !attempt.isOver();
        if (waits) {
          kernel.faults().signal(attempt.process);
          course.callers.pass(AFTER_SIGNAL);
          ended += attempt.isOver() ? 1 : 0;
        }
      }
      return ended;
    }
  }

  private static List<FaultRow.Result> results(List<Attempt> attempts) {
    Map<String, FaultRow.Result> byResult = new LinkedHashMap<>();
    for (Attempt attempt : attempts) {
      byResult.merge(
          attempt.result(),
          new FaultRow.Result(attempt.result(), 1, attempt.micros()),
          (one, other) ->
              new FaultRow.Result(
                  one.result(),
                  one.callers() + other.callers(),
                  Math.max(one.longestMicros(), other.longestMicros())));
    }
    return byResult.values().stream()
        .sorted(
            Comparator.comparingInt((FaultRow.Result each) -> -each.callers())
                .thenComparing(FaultRow.Result::result))
        .toList();
  }

  private static double longest(List<Attempt> attempts) {
    return attempts.stream().mapToDouble(Attempt::micros).max().orElse(0);
  }

  /** What both runs have in common, and where the first goes on. */
  private final class Course {
    final SimulatedKernel kernel;
    final Callers callers;
    List<Attempt> affected;
    Attempt newcomer;

    Course(SimulatedKernel kernel) {
      this.kernel = kernel;
      this.callers = new Callers(kernel);
    }

    Stream<Attempt> concerned() {
      return Stream.concat(affected.stream(), Stream.of(newcomer));
    }

    /** Up to the moment at which the newcomer has come. */
    void run() {
      callers.warmUp();
      if (state.isThereBefore()) {
        state.inject(kernel);
      }
      affected = callers.beginAll();
      if (!state.isThereBefore()) {
        SgxProcess victim = affected.get(moment.victim()).process;
        callers.pass(Duration.ofNanos(moment.nanos()));
        affected = affected.stream().filter(attempt -> !attempt.isOver()).toList();
        switch (state) {
          case CALLER_INTERRUPTED -> kernel.faults().signal(victim);
          case CALLER_KILLED -> victim.async().kill();
          default -> state.inject(kernel);
        }
      }
      callers.pass(UNTIL_NEWCOMER);
      newcomer = Attempt.begin(kernel, callers.newProcess(), Callers.tiny());
    }

    /** The remedy that healed it, or null. */
    String heal(List<FaultRow.Tried> tried) {
      for (Remedy remedy : Remedy.values()) {
        String refusal = apply(remedy);
        List<Attempt> series = callers.series();
        int failed = (int) series.stream().filter(attempt -> !attempt.succeeded()).count();
        tried.add(
            new FaultRow.Tried(
                remedy.key(), refusal, series.size(), failed, failure(series), longest(series)));
        if (failed == 0 && longest(series) <= HEALTHY_FACTOR * moment.healthyMicros()) {
          return remedy.key();
        }
      }
      return null;
    }

    private String failure(List<Attempt> series) {
      if (!series.get(series.size() - 1).isOver()) {
        return FaultRow.WAITS;
      }
      return results(series.stream().filter(attempt -> !attempt.succeeded()).toList()).stream()
          .findFirst()
          .map(FaultRow.Result::result)
          .orElse(null);
    }

    /** Null, or why it could not be. */
    private String apply(Remedy remedy) {
      try {
        switch (remedy) {
          case NOTHING -> {}
          case RESTART -> kernel.faults().killLaunchEnclave();
          case LAST_CLOSE -> callers.killAll();
          case RELOAD -> {
            nobodyIsLeft();
            kernel.faults().reloadModule();
          }
          case REPLACE -> {
            kernel.faults().launchEnclave(LaunchFault.NONE);
            nobodyIsLeft();
            kernel.faults().reloadModule();
          }
        }
        return null;
      } catch (SgxException e) {
        return e.code();
      } finally {
        callers.pass(SETTLING);
      }
    }

    private void nobodyIsLeft() {
      callers.killAll();
      kernel.faults().killLaunchEnclave();
      callers.pass(SETTLING);
    }
  }
}
