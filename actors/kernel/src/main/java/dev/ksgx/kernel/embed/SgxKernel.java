package dev.ksgx.kernel.embed;

import akka.actor.typed.Behavior;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.kernel.KernelGuardian;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.virtual.VirtualOptions;
import java.util.List;

/**
 * An SGX kernel as an object: {@code process() -> launch(image, sigStruct) -> enclave}. Methods
 * wait for their answer; those of a live kernel may be called from many threads. What is refused is
 * an {@link SgxException}; an actor that fails fails every open and every later call with a {@link
 * KernelFailedException}; after {@link #close()} calls give {@link IllegalStateException}, as does
 * a wait that is interrupted.
 */
public class SgxKernel implements AutoCloseable {
  private final AsyncKernel async;

  SgxKernel(AsyncKernel async) {
    this.async = async;
  }

  /**
   * Boots a live kernel with an actor system of its own. Nothing costs any time and no interrupt
   * comes, whatever {@code config} says of costs and interrupts: calls take as long as their
   * messages.
   */
  public static SgxKernel start(KernelConfig config) {
    return start(config, ConfigFactory.empty());
  }

  /**
   * As {@link #start(KernelConfig)}.
   *
   * @param system lies over application.conf for the kernel's actor system, e.g. to have it traced
   */
  public static SgxKernel start(KernelConfig config, Config system) {
    KernelConfig live = config.withCosts(CostModel.zero()).withInterrupts(0, 0);
    return new SgxKernel(
        new AsyncKernel(live, (gateway, calls) -> new LiveEngine(gateway, calls, system)));
  }

  /**
   * Boots a kernel in virtual time, with the costs and interrupts of {@code config}. Its calls, and
   * nothing else, drive the time; the same calls under the same seed give the same run. One thread
   * at a time may use it: the one that made it.
   */
  public static SimulatedKernel simulated(KernelConfig config, long seed) {
    return simulated(config, VirtualOptions.seed(seed));
  }

  /** As {@link #simulated(KernelConfig, long)}, e.g. with a sink that records what happens. */
  public static SimulatedKernel simulated(KernelConfig config, VirtualOptions options) {
    return SimulatedKernel.boot(config, options, false);
  }

  /**
   * As {@link #simulated(KernelConfig, long)}, with the books of the driver checked after every
   * message that an answer takes: frames, slots, children, page tables against each other and the
   * EPCM. What does not balance, and is not one of the bugs that {@code config} asks for, ends the
   * call with a {@link dev.ksgx.kernel.check.ViolationException}.
   */
  public static SimulatedKernel checked(KernelConfig config, long seed) {
    return SimulatedKernel.boot(config, VirtualOptions.seed(seed), true);
  }

  /**
   * The kernel as a behaviour, for those with an actor system of their own. It is spoken to by
   * messages alone: {@code AskDoors} is answered with the refs of device, scheduler and the others,
   * {@code NewProcess} with a task and its address space; then {@code LaunchSequence}, or single
   * calls as {@code DeviceMessage} and {@code AddressSpaceMessage}, each answered with {@code
   * Returned}. The caller sends {@code SchedulerMessage.Block} when a task has no further call to
   * make at once, and has at most one call out a task. Clock, chance and costs: {@code
   * RuntimeExtension} of the system and {@code config}.
   */
  public static Behavior<KernelMessage.Request> behavior(KernelConfig config) {
    return KernelGuardian.create(config);
  }

  /** A new process. Its device is opened with its first launch. */
  public SgxProcess process() {
    return new SgxProcess(async, async.await(async.process()));
  }

  /** The same kernel with stages. */
  public AsyncKernel async() {
    return async;
  }

  /** Faults to inject. */
  public FaultInjection faults() {
    return new FaultInjection(async);
  }

  /** Frames of the EPC: all, free, most in use at one time. */
  public EpcMessage.Counters epc() {
    return async.await(async.epc());
  }

  /** What each core has counted, by index. */
  public List<CoreMessage.Counters> cores() {
    return async.await(async.cores());
  }

  /** Reclaim passes and the frames that they freed. */
  public SwapperMessage.Counters swapper() {
    return async.await(async.swapper());
  }

  /** Token requests and starts of the launch enclave. */
  public LaunchControlMessage.Counters launchEnclave() {
    return async.await(async.launchEnclave());
  }

  /**
   * Tokens that the launch daemon made or had, and whom it turned away; of several all together.
   *
   * @throws IllegalStateException if the kernel's design has none
   */
  public DaemonMessage.Counters launchDaemon() {
    return async.await(async.launchDaemon());
  }

  /**
   * What the EPCM knows of a frame right now.
   *
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public EpcInspection inspectFrame(int frame) {
    return async.inspectFrame(frame);
  }

  /**
   * Puts the machine to sleep: {@link AsyncKernel#suspend()}. Only {@link #resume()} and what looks
   * at the kernel from outside return while it sleeps.
   *
   * @return the number of enclaves that the driver gave up before
   */
  public int suspend() {
    return async.await(async.suspend());
  }

  /** Wakes the machine up: {@link AsyncKernel#resume()}. */
  public void resume() {
    async.await(async.resume());
  }

  /** The books. Calls under way on other threads may show in them. */
  public KernelAudit audit() {
    return async.await(async.audit());
  }

  /** {@link AsyncKernel#exitAll()}. */
  public void exitAll() {
    async.await(async.exitAll());
  }

  /** Ends the kernel as a power cut does; open calls fail. */
  @Override
  public void close() {
    async.engine().close();
  }
}
