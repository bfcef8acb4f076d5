package dev.ksgx.kernel.daemon;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.random.RandomStream;

/** What everything in one daemon shares, over all its lives. */
final class Daemon {
  final KernelServices services;
  final UserLe config;
  final ActorRef<DeviceMessage.Request> device;
  final Calls calls = new Calls();
  final ActorRef<Reply> self;
  final LaunchPolicy policy;
  final RandomStream keyIds;
  final Resource queue;
  final Resource enclaves;
  final Resource reply;
  final DaemonCounts counts = new DaemonCounts();
  private final ActorRef<DaemonMessage> own;
  LaunchFault fault = LaunchFault.NONE;
  long delayNanos;

  /** What was to be done later. */
  record Later(Runnable what) implements DaemonMessage {}

  Daemon(
      KernelServices services,
      ActorRef<DeviceMessage.Request> device,
      ActorRef<DaemonMessage> own) {
    this.services = services;
    this.config = services.config().launch().userLe();
    this.device = device;
    this.own = own;
    this.self = own.narrow();
    this.policy = LaunchPolicy.of(config.policy());
    this.keyIds = services.random().stream("daemon-keyid");
    this.queue = services.probe().resource("launch-queue", config.workers());
    this.enclaves =
        services.probe().resource("launch-enclave", config.enclaves() * config.threads());
    this.reply = services.probe().resource("launch-enclave-reply", config.workers());
  }

  Flow flow(TaskRef task, RequestId request) {
    return services.flow(task, request, calls, self);
  }

  /** Run {@code what} in the daemon after {@code nanos}. */
  Cancellable after(long nanos, Runnable what) {
    return services.clock().tellAfter(nanos, own, new Later(what));
  }

  /** As {@link #after}; a run does not go on for its sake. */
  void whenever(long nanos, Runnable what) {
    services.clock().tellAfterDaemon(nanos, own, new Later(what));
  }

  long now() {
    return services.clock().nowNanos();
  }

  /** CPUSVN of the machine, as a launch enclave's report has it. */
  Bytes cpuSvn() {
    return services.machine().cpuSvn();
  }
}
