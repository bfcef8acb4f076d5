package dev.ksgx.runtime.bench;

import dev.ksgx.runtime.theory.Queueing;
import java.util.ArrayDeque;
import umontreal.ssj.randvar.ExponentialGen;
import umontreal.ssj.randvar.RandomVariateGen;
import umontreal.ssj.rng.MRG32k3a;
import umontreal.ssj.simevents.Event;
import umontreal.ssj.simevents.Simulator;

/** M/M/c by event scheduling in SSJ: one event object per arrival and per end of service. */
final class SsjQueue {
  private final Simulator simulator = new Simulator();
  private final RandomVariateGen gaps;
  private final RandomVariateGen services;
  private final ArrayDeque<Double> line = new ArrayDeque<>();
  private int left;
  private int free;
  private double waits;

  SsjQueue(int servers, int customers, int seed) {
    MRG32k3a.setPackageSeed(new long[] {seed, seed, seed, seed, seed, seed});
    double mean = Queueing.MEAN_SERVICE_NANOS;
    gaps = new ExponentialGen(new MRG32k3a(), Queueing.UTILISATION * servers / mean);
    services = new ExponentialGen(new MRG32k3a(), 1 / mean);
    left = customers;
    free = servers;
    simulator.init();
  }

  /** Sum of the waits. */
  double run() {
    new Arrival().schedule(gaps.nextDouble());
    simulator.start();
    return waits;
  }

  private void serve(double arrived) {
    waits += simulator.time() - arrived;
    new Departure().schedule(services.nextDouble());
  }

  private final class Arrival extends Event {
    Arrival() {
      super(simulator);
    }

    @Override
    public void actions() {
      if (--left > 0) {
        new Arrival().schedule(gaps.nextDouble());
      }
      if (free > 0) {
        free--;
        serve(simulator.time());
      } else {
        line.add(simulator.time());
      }
    }
  }

  private final class Departure extends Event {
    Departure() {
      super(simulator);
    }

    @Override
    public void actions() {
      Double next = line.poll();
      if (next == null) {
        free++;
      } else {
        serve(next);
      }
    }
  }
}
