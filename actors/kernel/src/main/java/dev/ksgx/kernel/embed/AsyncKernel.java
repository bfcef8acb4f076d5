package dev.ksgx.kernel.embed;

import akka.actor.typed.Behavior;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/**
 * A kernel whose calls give stages. Callbacks of a stage run in the kernel's gateway actor: they
 * may make further calls, and must not wait. May be used by many threads, unless it belongs to a
 * {@link SimulatedKernel}.
 */
public final class AsyncKernel {
  private final Machine machine;
  private final Engine engine;
  private final OpenCalls calls = new OpenCalls();
  private final AtomicLong injectedConflicts = new AtomicLong();

  AsyncKernel(
      KernelConfig config, BiFunction<Behavior<ClientMessage>, OpenCalls, Engine> engineOf) {
    this.machine = Machine.create(config.machine());
    this.engine = engineOf.apply(Gateway.create(config, machine), calls);
  }

  Engine engine() {
    return engine;
  }

  <T> CompletionStage<T> submit(Operation<T> operation) {
    OpenCall<T> call = calls.open();
    if (!call.isOver()) {
      engine.submit(new Gateway.Submit<>(operation, call));
    }
    return call.stage();
  }

  <T> T await(CompletionStage<T> stage) {
    return engine.await(stage);
  }

  /** A new process. */
  public CompletionStage<AsyncProcess> process() {
    return this.<ProcessSeat>submit(
            (gateway, call) -> {
              long number =
                  gateway
                      .calls()
                      .<KernelMessage.Process>expect(made -> call.succeed(gateway.seat(made)));
              gateway
                  .kernel()
                  .tell(new KernelMessage.NewProcess(TaskRef.Kind.CREATOR, number, gateway.self()));
            })
        .thenApply(seat -> new AsyncProcess(this, seat));
  }

  /** Frames of the EPC: all, free, most in use at one time. */
  public CompletionStage<EpcMessage.Counters> epc() {
    return submit(Books.epc());
  }

  /** What each core has counted, by index. */
  public CompletionStage<List<CoreMessage.Counters>> cores() {
    return submit(Books.cores());
  }

  /** Reclaim passes and the frames that they freed. */
  public CompletionStage<SwapperMessage.Counters> swapper() {
    return submit(Books.swapper());
  }

  /** Token requests and starts of the launch enclave. */
  public CompletionStage<LaunchControlMessage.Counters> launchEnclave() {
    return submit(Books.launchEnclave());
  }

  /** What the launch daemon has counted; {@link IllegalStateException} where there is none. */
  public CompletionStage<DaemonMessage.Counters> launchDaemon() {
    return submit(Books.daemon());
  }

  /**
   * Puts the machine to sleep: calls under way end, tasks stop where they are, and everything in
   * the EPC is lost. Completes when it sleeps, with the number of enclaves that the driver gave up
   * before. Calls made from then on begin when it is awake again. Fails with -EBUSY if tasks do not
   * stop within 20 seconds, or if it sleeps already.
   */
  public CompletionStage<Integer> suspend() {
    return submit(Sleep.suspend());
  }

  /** Wakes the machine up; fails with -EINVAL if it does not sleep. */
  public CompletionStage<Void> resume() {
    return submit(Sleep.resume());
  }

  /** What the EPCM knows of a frame right now. */
  public EpcInspection inspectFrame(int frame) {
    return machine.epc().inspect(frame);
  }

  /** The books. Calls under way may show in them. */
  public CompletionStage<KernelAudit> audit() {
    return submit(Books.audit(machine, calls, injectedConflicts.get()));
  }

  /**
   * Every process exits, with the last one the launch enclave's, and the launch daemon, which the
   * next request starts again; completes when all frames are free, or when a thousand looks a
   * millisecond apart (a tick of the scheduler in live time) found them in use.
   */
  public CompletionStage<Void> exitAll() {
    return submit(Books.exitAll());
  }

  int processors() {
    return machine.processors();
  }

  CompletionStage<Void> failNextLeaf(int core) {
    injectedConflicts.incrementAndGet();
    return submit(Faults.core(core, CoreMessage.FailNextLeaf.CONFLICT));
  }
}
