package dev.ksgx.load.workload;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.load.statistics.Breakdown;
import dev.ksgx.load.statistics.Launch;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.ClientMessage;

/** What the actors of a load say to each other and to themselves. */
sealed interface LoadMessage extends ClientMessage {

  /**
   * To a creator: a launch is planned for now. Answered with {@link Started} and then {@link
   * Ended}, late if the creator is busy.
   *
   * @param number unique in the run
   * @param plannedNanos now
   */
  record DoLaunch(
      long number, long plannedNanos, SignedEnclave target, ActorRef<ClientMessage> replyTo)
      implements LoadMessage {}

  /** From a creator: it begins with the launch. */
  record Started(long number, long startedNanos) implements LoadMessage {}

  /** From a creator: the launch is over. */
  record Ended(int creator, Launch launch, Breakdown breakdown) implements LoadMessage {}

  /** To the other creators of a process: what open() of the device returned. */
  record DeviceOpen(CallResult result) implements LoadMessage {}

  /** To a creator from its clock: an enclave has lived long enough. */
  record Expired(long address, long bytes) implements LoadMessage {}

  /** To the workload from its clock: the next launch is due, by {@code creator} or by any (-1). */
  record Due(int creator) implements LoadMessage {}

  /** To the guests from their clock: one of them is due. */
  enum GuestDue implements LoadMessage {
    NOW
  }

  /** To the guests: tell what they did. Answered with {@link GuestReading}. */
  record ReadGuests(ActorRef<ClientMessage> replyTo) implements LoadMessage {}

  /**
   * From the guests: what they did since boot.
   *
   * @param einits that have ended
   * @param coreNanos time that their tasks held cores
   */
  record GuestReading(long einits, long coreNanos) implements LoadMessage {}

  /** To the workload from its clock: warm-up is over. */
  enum OpenWindow implements LoadMessage {
    NOW
  }

  /** To the workload: the window closes, by its clock or because somebody cannot wait. */
  record CloseWindow(boolean partial) implements LoadMessage {}
}
