package dev.ksgx.load.faults;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The processes of an experiment. Whatever they wait for, time goes on. */
final class Callers {
  static final int COUNT = 8;

  /** Longer than the patience of every daemon's client. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Images of weights 3 : 2 : 1 in an order without rhythm, so that a stale token shows. */
  private static final String SERIES = "FFSTTTFTFSTTTFFSFTSFTTFFTTFFFT";

  private static final int WARM_UPS = 2;
  private static final Duration OPENING = Duration.ofMillis(100);

  private final SimulatedKernel kernel;
  private final List<SgxProcess> callers = new ArrayList<>();
  private final List<SgxProcess> all = new ArrayList<>();

  Callers(SimulatedKernel kernel) {
    this.kernel = kernel;
  }

  static SignedEnclave tiny() {
    return SampleEnclaves.tiny();
  }

  private static SignedEnclave image(char letter) {
    return switch (letter) {
      case 'F' -> SampleEnclaves.pages(5);
      case 'S' -> SampleEnclaves.pages(6, 1);
      default -> tiny();
    };
  }

  SgxProcess newProcess() {
    SgxProcess process = kernel.process();
    all.add(process);
    return process;
  }

  /** All have the device open, if that can be, and whatever that starts has started. */
  private void open() {
    for (int i = 0; i < COUNT; i++) {
      SgxProcess process = newProcess();
      callers.add(process);
      process.async().open();
    }
    pass(OPENING);
  }

  /** All have the device open, and have launched twice. */
  void warmUp() {
    open();
    for (int i = 0; i < WARM_UPS; i++) {
      beginAll();
      pass(PATIENCE);
    }
  }

  /** Each caller begins to launch its image now. */
  List<Attempt> beginAll() {
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      attempts.add(Attempt.begin(kernel, callers.get(i), image("TFS".charAt(i % 3))));
    }
    attempts.forEach(Attempt::request);
    return attempts;
  }

  /**
   * Two new processes, with the device open for a while, launch in turn until all 30 are through,
   * or one waits.
   */
  List<Attempt> series() {
    List<SgxProcess> two = List.of(newProcess(), newProcess());
    two.forEach(process -> process.async().open());
    pass(OPENING);
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < SERIES.length(); i++) {
      Attempt attempt = Attempt.begin(kernel, two.get(i % 2), image(SERIES.charAt(i)));
      attempts.add(attempt);
      pass(PATIENCE);
      if (!attempt.isOver()) {
        break;
      }
    }
    return attempts;
  }

  /** kill -9 of everybody. */
  void killAll() {
    all.forEach(process -> process.async().kill());
    all.clear();
    callers.clear();
  }

  void pass(Duration time) {
    kernel.advanceWhoeverWaits(time);
  }

  /** Whether the caller stands at the kernel's launch lock, or for a worker of the daemon. */
  boolean isQueued(Attempt attempt) {
    return kernel.probe().resources().stream()
        .filter(resource -> Rehearsal.QUEUED.contains(resource.name()))
        .flatMap(resource -> resource.waiters().stream())
        .anyMatch(waiter -> waiter.request() == attempt.request());
  }
}
