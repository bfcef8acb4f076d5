package dev.ksgx.runtime.virtual;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.runtime.record.DeliverySink;
import dev.ksgx.runtime.record.RunRecorder;
import java.util.ArrayList;
import java.util.List;

/**
 * How to make a virtual system.
 *
 * @param seed of the random streams
 * @param config lies over application.conf and the reference configuration
 * @param digest whether to keep the digest of all deliveries
 * @param sinks hear every delivery; any sink, or the digest, costs the recording mailbox. One that
 *     is a {@link RunRecorder} also hears the probe and what Akka tells actors
 * @param probe whether to measure requests and resources
 * @param stepLimit most steps over the system's life
 * @param endOnFailure whether an exception that no supervision strategy was declared for ends the
 *     run; if not, Akka's default applies (the actor stops)
 * @param foreignBehaviours whether to tame the JVM's common pool and the driver thread's random
 *     seed, for behaviours that use {@code ask}; see {@link ForeignBehaviours}
 */
public record VirtualOptions(
    long seed,
    Config config,
    boolean digest,
    List<DeliverySink> sinks,
    boolean probe,
    long stepLimit,
    boolean endOnFailure,
    boolean foreignBehaviours) {

  public VirtualOptions {
    sinks = List.copyOf(sinks);
  }

  /** Probe on, digest off, failures end the run, no step limit. */
  public static VirtualOptions seed(long seed) {
    return new VirtualOptions(
        seed, ConfigFactory.empty(), false, List.of(), true, Long.MAX_VALUE, true, false);
  }

  public VirtualOptions withConfig(Config overlay) {
    return new VirtualOptions(
        seed, overlay, digest, sinks, probe, stepLimit, endOnFailure, foreignBehaviours);
  }

  public VirtualOptions withDigest(boolean on) {
    return new VirtualOptions(
        seed, config, on, sinks, probe, stepLimit, endOnFailure, foreignBehaviours);
  }

  public VirtualOptions withSink(DeliverySink sink) {
    List<DeliverySink> more = new ArrayList<>(sinks);
    more.add(sink);
    return new VirtualOptions(
        seed, config, digest, more, probe, stepLimit, endOnFailure, foreignBehaviours);
  }

  public VirtualOptions withProbe(boolean on) {
    return new VirtualOptions(
        seed, config, digest, sinks, on, stepLimit, endOnFailure, foreignBehaviours);
  }

  public VirtualOptions withStepLimit(long steps) {
    return new VirtualOptions(
        seed, config, digest, sinks, probe, steps, endOnFailure, foreignBehaviours);
  }

  public VirtualOptions withEndOnFailure(boolean on) {
    return new VirtualOptions(seed, config, digest, sinks, probe, stepLimit, on, foreignBehaviours);
  }

  public VirtualOptions withForeignBehaviours(boolean on) {
    return new VirtualOptions(seed, config, digest, sinks, probe, stepLimit, endOnFailure, on);
  }

  boolean recording() {
    return digest || !sinks.isEmpty();
  }

  /** Whether a sink keeps the whole run, with what Akka tells actors and what the probe knows. */
  boolean tracing() {
    return sinks.stream().anyMatch(RunRecorder.class::isInstance);
  }
}
