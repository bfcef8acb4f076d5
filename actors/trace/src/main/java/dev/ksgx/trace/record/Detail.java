package dev.ksgx.trace.record;

/** How much of a run is kept; each keeps what those before it keep. */
public enum Detail {
  /** Requests: their intervals, marks and parts, and who holds what. Enough for blame. */
  REQUESTS,
  /**
   * Also what states actors are in, and every message with cause, request, sender, receiver, type
   * and instants.
   */
  MESSAGES,
  /** Also the key fields that a {@code MessageDescriber} knows. */
  FIELDS
}
