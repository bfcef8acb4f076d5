package dev.ksgx.runtime.record;

/**
 * Hears each message at the moment its receiver takes it from the mailbox, before the handler runs.
 */
@FunctionalInterface
public interface DeliverySink {

  /**
   * @param id of this message, unique in the system, never 0
   * @param cause id of the message being handled when this one was sent, or when the timer that
   *     sends it was set; 0 if it came from outside
   * @param sender who was handling it; null if it came from outside
   * @param receiver who takes it
   * @param sentNanos when it entered the mailbox
   * @param deliveredNanos now
   * @param message the message as the mailbox holds it; Akka's wrappers (timer ticks, adapted
   *     messages) are not unwrapped
   */
  void delivered(
      long id,
      long cause,
      Endpoint sender,
      Endpoint receiver,
      long sentNanos,
      long deliveredNanos,
      Object message);
}
