package dev.ksgx.kernel.embed;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import com.typesafe.config.Config;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.runtime.LiveSystem;
import dev.ksgx.runtime.RuntimeExtension;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** A live actor system. Callers wait on their own threads. */
final class LiveEngine implements Engine {
  private final ActorSystem<ClientMessage> system;
  private final OpenCalls calls;

  LiveEngine(Behavior<ClientMessage> gateway, OpenCalls calls, Config config) {
    this.calls = calls;
    this.system = LiveSystem.create(gateway, "ksgx", 0, config);
    RuntimeExtension.get(system)
        .failure()
        .thenAccept(failure -> calls.failAll(new KernelFailedException(failure)));
    system
        .getWhenTerminated()
        .thenRun(() -> calls.failAll(new IllegalStateException("the kernel has terminated")));
  }

  @Override
  public void submit(Gateway.Submit<?> submit) {
    system.tell(submit);
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    calls.requireNoCallback();
    try {
      return stage.toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw Engine.atCaller(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted; the call goes on without its caller", e);
    }
  }

  @Override
  public void close() {
    calls.requireNoCallback();
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }
}
