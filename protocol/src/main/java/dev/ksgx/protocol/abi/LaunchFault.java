package dev.ksgx.protocol.abi;

/**
 * What can be wrong with whoever makes tokens, be it the kernel's launch enclave or a daemon in
 * user space (driver.md 5, 9.3). It concerns requests that are taken in hand from then on.
 */
public enum LaunchFault {
  /** Nothing. */
  NONE,
  /** Each answer comes late by a given time. */
  SLOW,
  /** No answer comes. */
  HUNG,
  /** The thread that takes the next request never answers it, nor anything else. */
  ONE_HUNG,
  /** The process was killed. */
  DEAD,
  /** Each answer is that to the request before; the first is to none. */
  WRONG_ANSWER,
  /** It expects the request of an older release, which has another length. */
  OLD_LAYOUT,
  /** It refuses: an answer comes, without a token that is valid. */
  DENYING
}
