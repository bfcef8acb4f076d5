package dev.ksgx.runtime.record;

import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.ProbeListener;

/**
 * Keeps a whole run: messages, what Akka itself tells actors (start, stop, failure), and all that
 * the probe knows. Given to a virtual system as a sink, it also hears the probe.
 */
public interface RunRecorder extends DeliverySink, ProbeListener {

  /** Before the first message: the recorder that knows on whose behalf the present message is. */
  void begin(Recorder recorder);

  /**
   * An actor handles a system message: it starts ({@code Create}), restarts, stops ({@code
   * Terminate}) or hears of the end or failure of another. What it sends meanwhile has this as its
   * cause; if several are handled at once, the first.
   *
   * @param sentNanos when it was spawned, stopped, told
   * @param what Akka's name of the system message
   */
  void system(
      long id,
      Cause cause,
      Endpoint sender,
      Endpoint receiver,
      long sentNanos,
      long handledNanos,
      String what);

  /**
   * An actor threw.
   *
   * @param id of this event, unique among messages
   * @param cause the message that it could not handle
   * @param actor path, or what else was running
   */
  void failed(long id, Cause cause, String actor, long atNanos, Throwable failure);

  /** After the last message. Open holds and waits are the probe's to tell. */
  void end(Probe probe, long nowNanos);
}
