package dev.ksgx.hardware.launch;

/** Which logical processors see the same launch-control MSRs. */
public enum MsrScope {
  /** Each has its own. */
  PER_THREAD,
  /** Those of one core share them. */
  PER_CORE
}
