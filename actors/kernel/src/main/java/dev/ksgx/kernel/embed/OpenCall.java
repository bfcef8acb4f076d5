package dev.ksgx.kernel.embed;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A call whose answer somebody waits for. Completed once, by the gateway or by the end of all. */
final class OpenCall<T> {
  private final OpenCalls calls;
  private final long number;
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  OpenCall(OpenCalls calls, long number) {
    this.calls = calls;
    this.number = number;
  }

  CompletionStage<T> stage() {
    return answer.minimalCompletionStage();
  }

  boolean isOver() {
    return answer.isDone();
  }

  void succeed(T value) {
    calls.complete(number, () -> answer.complete(value));
  }

  void fail(Throwable why) {
    calls.complete(number, () -> answer.completeExceptionally(why));
  }
}
