package dev.ksgx.kernel.embed;

import java.util.concurrent.CompletionStage;

/** What carries the gateway: a live actor system, or one in virtual time. */
interface Engine {
  /** Hands an operation to the gateway. */
  void submit(Gateway.Submit<?> submit);

  /**
   * Waits for the stage as this engine does.
   *
   * @throws SgxException the stage failed with it
   * @throws KernelFailedException an actor failed
   */
  <T> T await(CompletionStage<T> stage);

  /** Ends the actor system; nothing happens if it has ended. */
  void close();

  /** What to throw to the caller for what a stage failed with. */
  static RuntimeException atCaller(Throwable failure) {
    if (failure instanceof SgxException refused) {
      return refused.atCaller();
    }
    if (failure instanceof RuntimeException thrown) {
      return thrown;
    }
    return new IllegalStateException(failure);
  }
}
