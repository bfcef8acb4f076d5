package dev.ksgx.kernel.embed;

import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A kernel in virtual time. Its methods drive the time until their answer is there. */
public final class SimulatedKernel extends SgxKernel {
  private final VirtualSystem<ClientMessage> system;
  private final VirtualEngine engine;

  private SimulatedKernel(AsyncKernel async) {
    super(async);
    this.engine = (VirtualEngine) async.engine();
    this.system = engine.system();
  }

  static SimulatedKernel boot(KernelConfig config, VirtualOptions options, boolean checked) {
    return new SimulatedKernel(
        new AsyncKernel(
            config, (gateway, calls) -> new VirtualEngine(gateway, calls, options, checked)));
  }

  /**
   * Drives the time until the stage is complete, and gives its value.
   *
   * @throws SgxException if the stage failed with it
   * @throws IllegalStateException if nothing is left to happen before it is complete; the message
   *     says who waits for what
   */
  public <T> T await(CompletionStage<T> stage) {
    return async().await(stage);
  }

  /** Virtual time since boot, nanoseconds. */
  public long nowNanos() {
    return system.nowNanos();
  }

  /**
   * Lets virtual time pass.
   *
   * @throws dev.ksgx.kernel.check.ViolationException if the kernel is checked and its books do not
   *     balance after a message
   * @throws IllegalStateException if an actor failed, or tasks wait for each other for ever
   */
  public void advance(Duration time) {
    engine.advance(time.toNanos());
  }

  /**
   * As {@link #advance}, with tasks that wait for each other for ever left to wait: somebody
   * outside may still help them, by a signal or a restart.
   *
   * @throws IllegalStateException if an actor failed
   */
  public void advanceWhoeverWaits(Duration time) {
    engine.advanceWhoeverWaits(time.toNanos());
  }

  /** Who checks the books; empty unless the kernel is {@link SgxKernel#checked}. */
  public Optional<ConservationWatch> watch() {
    return engine.watch();
  }

  /** Utilisation, queues and waits of cores, locks and the launch enclave. */
  public Probe probe() {
    return system.probe();
  }
}
