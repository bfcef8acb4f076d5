package dev.ksgx.runtime.failure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where the first failure of a system is posted. Later ones are consequences, and ignored. */
public final class FailureBoard {
  private final CompletableFuture<Failure> first = new CompletableFuture<>();

  /**
   * Completes with the first failure, if there is one. Its callbacks run where the failure is seen.
   */
  public CompletionStage<Failure> first() {
    return first.minimalCompletionStage();
  }

  /** The first failure, or null. */
  public Failure failure() {
    return first.getNow(null);
  }

  public void post(Failure failure) {
    first.complete(failure);
  }
}
