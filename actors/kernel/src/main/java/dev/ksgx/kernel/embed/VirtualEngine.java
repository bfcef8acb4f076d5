package dev.ksgx.kernel.embed;

import akka.actor.typed.Behavior;
import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.virtual.Outcome;
import dev.ksgx.runtime.virtual.RunResult;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** An actor system in virtual time. Who waits drives it. */
final class VirtualEngine implements Engine {
  private final VirtualSystem<ClientMessage> system;
  private final OpenCalls calls;
  private final Optional<ConservationWatch> watch;

  /**
   * @param checked whether the books of the driver are checked after every message
   */
  VirtualEngine(
      Behavior<ClientMessage> gateway, OpenCalls calls, VirtualOptions options, boolean checked) {
    this.calls = calls;
    this.system = VirtualSystem.create(gateway, "ksgx", options);
    this.watch =
        checked
            ? Optional.of(new ConservationWatch(Inspection.of(system.system())))
            : Optional.empty();
    RuntimeExtension.get(system.system())
        .failure()
        .thenAccept(failure -> calls.failAll(new KernelFailedException(failure)));
  }

  VirtualSystem<ClientMessage> system() {
    return system;
  }

  Optional<ConservationWatch> watch() {
    return watch;
  }

  @Override
  public void submit(Gateway.Submit<?> submit) {
    system.tell(submit);
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    calls.requireNoCallback();
    CompletableFuture<T> answer = stage.toCompletableFuture();
    if (!answer.isDone()) {
      RunResult end =
          system.runUntil(
              () -> {
                check();
                return answer.isDone();
              });
      if (!answer.isDone()) {
        throw new IllegalStateException(
            "virtual time stands still (%s) before the answer came%n%s"
                .formatted(end.outcome(), end.report()));
      }
    }
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw Engine.atCaller(e.getCause());
    }
  }

  /**
   * Lets virtual time pass.
   *
   * @throws IllegalStateException if an actor failed, or tasks wait for each other for ever
   */
  void advance(long nanos) {
    system
        .runUntil(
            system.nowNanos() + nanos,
            () -> {
              check();
              return false;
            })
        .orThrow();
  }

  /** The same, with a deadlock for what it is: an alarm at the end keeps the time going. */
  void advanceWhoeverWaits(long nanos) {
    Operation<Void> nothing = (gateway, call) -> call.succeed(null);
    system.clock().tellAfter(nanos, system.system(), new Gateway.Submit<>(nothing, calls.open()));
    RunResult end =
        system.runUntil(
            system.nowNanos() + nanos,
            () -> {
              check();
              return false;
            });
    if (end.outcome() != Outcome.DEADLOCK) {
      end.orThrow();
    }
  }

  /** What was handled since the last time is checked. */
  private void check() {
    watch.ifPresent(check -> check.afterMessage(system.nowNanos()));
  }

  @Override
  public void close() {
    calls.failAll(new IllegalStateException("the kernel has terminated"));
    system.close();
  }
}
