package dev.ksgx.kernel.embed;

/** One thing that an embedder wants, as the gateway goes about it. */
@FunctionalInterface
interface Operation<T> {
  /** Sends the messages it takes; completes {@code call} when the last answer is there. */
  void start(Gateway gateway, OpenCall<T> call);
}
