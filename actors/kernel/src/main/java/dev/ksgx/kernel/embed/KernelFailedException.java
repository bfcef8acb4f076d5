package dev.ksgx.kernel.embed;

import dev.ksgx.runtime.failure.Failure;

/** An actor of the kernel failed. That is a bug, not an answer; the kernel is over. */
public final class KernelFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String actor;

  KernelFailedException(Failure failure) {
    super(failure.toString(), failure.cause());
    this.actor = failure.actor();
  }

  /** Path of the actor that failed. */
  public String actor() {
    return actor;
  }
}
