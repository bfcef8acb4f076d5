package dev.ksgx.kernel;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.random.RandomStreams;

/**
 * What every actor of one kernel is given: its choices, its machine, and whom to ask for time,
 * chance, cores and frames.
 *
 * @param einitNap what a launch waits for between two rounds of EINIT
 * @param lePaging what a launch waits for while the launch enclave that makes its token is itself
 *     being paged in
 * @param epcFrame what a task waits for that reclaims frames or faults again for want of one
 */
public record KernelServices(
    KernelConfig config,
    Machine machine,
    Clock clock,
    RandomStreams random,
    Probe probe,
    Resource einitNap,
    Resource lePaging,
    Resource epcFrame,
    ActorRef<KernelMessage.Request> kernel,
    ActorRef<SchedulerMessage.Request> scheduler,
    ActorRef<EpcMessage.Request> epc,
    ActorRef<SwapperMessage.Request> swapper,
    Inspection inspection) {

  /** A thread of control of {@code task} in the actor {@code self}. */
  public Flow flow(TaskRef task, RequestId request, Calls calls, ActorRef<Reply> self) {
    return new Flow(task, request, calls, self, scheduler);
  }

  /**
   * The request whose timeline a task's waits belong to. Only the thread that makes the calls of a
   * launch moves its timeline; others that work for it meanwhile (the launch enclave, the add
   * worker) do not.
   */
  public static long timeline(TaskRef task, RequestId request) {
    return task.kind() == TaskRef.Kind.CREATOR ? request.value() : 0;
  }

  /**
   * A copy from user space failed: what the driver makes of the bytes that are left. Mainline has
   * never told how many (B-66).
   */
  public CallResult badCopy(String what, int bytes) {
    String check = what + " cannot be copied from user space";
    boolean tells = config.bugs().has(Bugs.POSITIVE_COPY_RESULT) && config.ioctls().copiesFirst();
    return tells ? CallResult.sgx(bytes, check) : CallResult.failed(Errno.EFAULT, check);
  }

  /** Whether the hash MSRs may be written (IA32_FEATURE_CONTROL, isa.md 6.5). */
  public boolean launchControlUnlocked() {
    return (machine.config().featureControl() & LaunchControlMsrs.LAUNCH_CONTROL_ENABLE) != 0;
  }
}
