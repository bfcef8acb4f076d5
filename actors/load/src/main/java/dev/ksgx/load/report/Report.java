package dev.ksgx.load.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * The machine-readable result of a run; its components are the fields of the JSON, in order.
 *
 * <p>Launch counts and latencies are of the launches planned in the measured window; rates,
 * resources and counters are of the window; messages, digest and cold starts of the whole run. Null
 * stands for "nothing was measured".
 *
 * @param seed seed of the random streams
 * @param preset driver generation
 * @param virtualSeconds length of the measured window, modelled time
 * @param wallSeconds time the whole run took
 * @param messages messages delivered to actors in the whole run
 * @param digest SHA-256 over the deliveries of the whole run, hex; null with --no-digest
 * @param saturated more was asked than the system can do (the rule is in {@code Saturation})
 * @param offeredPerSecond launches planned per second
 * @param achievedPerSecond launches that succeeded per second
 * @param latencyMicros planned start to end, of the launches that succeeded
 * @param initMicros INIT of the same launches, from its entry to its return
 * @param binds resources, the most used shared one first
 * @param images the launches by image, in the order of the mix; absent without a mix
 * @param beside one a group of enclaves that live beside the launches, in the order of their names;
 *     absent without one
 * @param guests EINITs of KVM guests in the window; absent without guests
 * @param partial true if the run was stopped before its end; absent otherwise
 */
public record Report(
    long seed,
    String preset,
    double virtualSeconds,
    double wallSeconds,
    long messages,
    String digest,
    boolean saturated,
    Launches launches,
    double offeredPerSecond,
    double achievedPerSecond,
    Latency latencyMicros,
    Phases phasesMicros,
    Latency initMicros,
    List<Binding> binds,
    LaunchEnclave launchEnclave,
    LePaging lePaging,
    EinitNaps einitNaps,
    List<CoreUse> cores,
    Einit einit,
    EpcUse epc,
    Paging paging,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<OfImage> images,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Beside> beside,
    @JsonInclude(JsonInclude.Include.NON_NULL) Guests guests,
    @JsonInclude(JsonInclude.Include.NON_NULL) Boolean partial) {

  /**
   * Launches planned in the window, by what had become of them when it closed: {@code requested} is
   * the sum of all others.
   *
   * @param failed by the name of the code: {@code -ENOMEM}, {@code SGX_INVALID_SIGNATURE}
   */
  public record Launches(
      long requested, long succeeded, long inFlight, long notStarted, Map<String, Long> failed) {}

  /**
   * Launches of one image of a mix, planned in the window.
   *
   * @param failed before it closed, whatever their code
   * @param latencyMicros of those that succeeded
   */
  public record OfImage(
      String image, long requested, long succeeded, long failed, Latency latencyMicros) {}

  /** A distribution in microseconds; all null if nothing was measured. */
  public record Latency(
      Double mean, Double p50, Double p90, Double p95, Double p99, Double p999, Double max) {}

  /** The parts of a launch that succeeded, from its start. */
  public record Phases(Latency create, Latency add, Latency token, Latency einit) {}

  /**
   * Use of a resource.
   *
   * @param utilisation busy share, 0 to 1
   * @param meanQueue tasks waiting, averaged over time
   * @param waitMicros mean wait of a grant, those without a wait included
   */
  public record Binding(
      String resource, double utilisation, double meanQueue, int maxQueue, double waitMicros) {}

  /**
   * The launch enclave behind its mutex.
   *
   * @param requests tokens asked for in the window
   * @param coldStarts starts of its process since boot
   */
  public record LaunchEnclave(
      long requests, double utilisation, double meanQueue, int maxQueue, long coldStarts) {}

  /**
   * The pages of the launch enclave.
   *
   * @param evictions times one of them, or its SECS, was written out
   * @param loads times one came back
   * @param inits launches that waited in INIT until one was back, of those that succeeded
   * @param share their share of those that succeeded; null if none did
   * @param waitMicros the sum of those waits
   * @param maxWaitMicros the longest of one launch; null without one
   */
  public record LePaging(
      long evictions,
      long loads,
      long inits,
      Double share,
      double waitMicros,
      Double maxWaitMicros) {}

  /**
   * Sleeps of 20 ms between rounds of EINIT, each after 20 attempts that an interrupt ended.
   *
   * @param launches those that slept at least once, of those that succeeded
   * @param share their share of those that succeeded; null if none did
   * @param waitMicros the sum of their sleeps
   */
  public record EinitNaps(long launches, Double share, double waitMicros) {}

  /**
   * A group of enclaves beside the launches.
   *
   * @param lives since boot, as they were when the window closed
   * @param touches pages that its threads touched in the window, zeroing not counted; likewise:
   * @param evictions its pages written out
   * @param loads its pages brought back
   */
  public record Beside(
      String group,
      LivesReport.Lives lives,
      long touches,
      long evictions,
      long loads,
      long softFaults,
      long hardFaults,
      long refaults) {}

  /**
   * KVM guests.
   *
   * @param einits their EINITs that ended in the window
   * @param coreMicros time that their virtual processors held cores in it
   * @param coreShare of the time of all cores
   */
  public record Guests(long einits, double coreMicros, double coreShare) {}

  /** One core. */
  public record CoreUse(double utilisation, long einits, long msrWrites, long interrupts) {}

  /**
   * EINIT over all cores.
   *
   * @param retries attempts that an interrupt ended
   * @param wastedCycles cycles in attempts that initialised nothing
   */
  public record Einit(long attempts, long retries, long wastedCycles) {}

  /** EPC frames of all sections, and the most that were in use at one time. */
  public record EpcUse(int frames, int peakUsed) {
    /** Whether there was a time without a free frame, or pages had to go lest there be one. */
    boolean ranShort(Paging paging) {
      return peakUsed == frames || paging.evictions() > 0;
    }
  }
}
