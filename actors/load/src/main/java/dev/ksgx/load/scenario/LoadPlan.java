package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import dev.ksgx.hardware.image.ModelKeys;
import java.util.List;

/**
 * The load of a scenario, checked. Each component is the key of the same name in {@code
 * reference.conf}, which documents it.
 *
 * @param ratePerSecond launches per second (poisson, deterministic; during a burst)
 * @param thinkTimeNanos mean pause (closed loop)
 * @param replay launches that were written down; none unless {@code arrivals} asks for them
 * @param images what is launched
 * @param leSigners keys that sign the launch enclaves which the programs rely on
 * @param lifetimeNanos how long an enclave lives
 * @param warmUpNanos virtual time before the window opens
 * @param groups enclaves that live beside the launches until the window closes, in the order of
 *     their names
 * @param guests EINITs of KVM guests beside the launches
 */
public record LoadPlan(
    long seed,
    int processes,
    int threadsPerProcess,
    Arrivals arrivals,
    double ratePerSecond,
    long thinkTimeNanos,
    BurstPlan bursts,
    RampPlan ramp,
    Replay replay,
    ImageMix images,
    int leSigners,
    long lifetimeNanos,
    long warmUpNanos,
    RunLength length,
    List<LifeGroup> groups,
    GuestPlan guests) {

  public LoadPlan {
    groups = List.copyOf(groups);
  }

  /** Where launches come from. */
  public enum Arrivals {
    /** Open loop: planned by a Poisson process, whatever becomes of earlier launches. */
    POISSON,
    /** Open loop: one launch as long after the other as the next one after it. */
    DETERMINISTIC,
    /** Open loop: a Poisson process that is switched on and off. */
    BURSTS,
    /** Open loop: a Poisson process whose rate changes in a straight line. */
    RAMP,
    /** Closed loop: a thread plans its next launch when the last one has ended. */
    CLOSED,
    /** Open loop: what a file says. */
    REPLAY
  }

  /** Far beyond any machine; a plan at a higher rate only fills the memory. */
  static final int MAX_RATE = 10_000_000;

  private static final String LENGTH =
      "a time above 0 with its unit (2 s) or a number of launches (20000 launches)";

  /** Threads that launch, over all processes. */
  public int threads() {
    return processes * threadsPerProcess;
  }

  /** Whether the rate alone says how many launches are planned in any second. */
  public boolean isSteady() {
    return arrivals == Arrivals.POISSON || arrivals == Arrivals.DETERMINISTIC;
  }

  /** Virtual time at which the window closes; 0 if a number of launches closes it. */
  public long endNanos() {
    return length instanceof RunLength.Time time ? warmUpNanos + time.nanos() : 0;
  }

  /**
   * Reads the keys under {@code load}.
   *
   * @param config completed
   * @throws ScenarioException naming the key, its value, its place and what would be right
   */
  static LoadPlan from(Config config) {
    Values values = new Values(config, "load");
    Arrivals arrivals = values.choice("arrivals", Arrivals.values());
    RunLength length = length(values);
    if (arrivals == Arrivals.RAMP && length instanceof RunLength.Count) {
      throw values.refused("length", "a time (2 s): a ramp is over when the window closes");
    }
    int processes = values.count("processes", 1, 4096);
    ImageMix images = ImageMix.from(config);
    return new LoadPlan(
        values.whole("seed", 0, Long.MAX_VALUE, "a whole number from 0"),
        processes,
        values.count("threads-per-process", 1, 64),
        arrivals,
        values.positive("rate", MAX_RATE, "launches per second"),
        values.nanos("think-time"),
        BurstPlan.from(values),
        RampPlan.from(values),
        arrivals == Arrivals.REPLAY ? replay(values, images, processes) : Replay.NONE,
        images,
        values.count("le-signers", 1, ModelKeys.LAUNCH_ENCLAVE_SIGNERS),
        values.nanos("lifetime"),
        values.nanos("warm-up"),
        length,
        LivesPlan.groups(config),
        GuestPlan.from(values));
  }

  /** The window has to open before the launches are over. */
  private static Replay replay(Values values, ImageMix images, int processes) {
    if (values.text("replay").isEmpty()) {
      throw values.refused(
          "arrivals", "another one, or load.replay the path of a CSV file of launches");
    }
    Replay replay =
        ReplayReader.read(
            values.file("replay", "a CSV file of launches (seconds,image,process)"),
            images,
            processes);
    if (replay.nanos(replay.launches() - 1) < values.nanos("warm-up")) {
      throw values.refused(
          "warm-up",
          "at most the time of the last launch that is replayed, or nothing is measured");
    }
    return replay;
  }

  private static RunLength length(Values values) {
    String text = values.text("length").trim();
    if (text.matches("[0-9]{1,12} *launches")) {
      long launches = Long.parseLong(text.replaceAll("[^0-9]", ""));
      if (launches == 0) {
        throw values.refused("length", LENGTH);
      }
      return new RunLength.Count(launches);
    }
    long nanos;
    try {
      nanos = values.nanos("length");
    } catch (ScenarioException e) {
      throw values.refused("length", LENGTH);
    }
    if (nanos == 0) {
      throw values.refused("length", LENGTH);
    }
    return new RunLength.Time(nanos);
  }
}
