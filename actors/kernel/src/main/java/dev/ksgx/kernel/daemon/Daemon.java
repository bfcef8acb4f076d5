package dev.ksgx.kernel.daemon;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.kernel.policy.LaunchPolicy;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.SgxIoctl;
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
  private final int signer;
  private final ActorRef<DaemonMessage> own;
  LaunchFault fault = LaunchFault.NONE;
  long delayNanos;

  /** What was to be done later. */
  record Later(Runnable what) implements DaemonMessage {}

  /**
   * @param signer of its launch enclaves, from 0
   */
  Daemon(
      KernelServices services,
      ActorRef<DeviceMessage.Request> device,
      int signer,
      ActorRef<DaemonMessage> own) {
    this.services = services;
    this.config = services.config().launch().userLe();
    this.device = device;
    this.signer = signer;
    this.own = own;
    this.self = own.narrow();
    this.policy = config.policy();
    this.keyIds = services.random().stream(named("daemon-keyid", signer));
    this.queue = resource("launch-queue", config.workers());
    this.enclaves = resource("launch-enclave", config.enclaves() * config.threads());
    this.reply = resource("launch-enclave-reply", config.workers());
  }

  /** The name that a thing has in the daemon of that signer: alone it needs no number. */
  static String named(String thing, int signer) {
    return signer == 0 ? thing : thing + "-" + signer;
  }

  private Resource resource(String group, int capacity) {
    return services.probe().resource(named(group, signer), group, capacity);
  }

  /** A launch enclave of this daemon. */
  SignedEnclave enclave() {
    return LaunchKey.enclave(config.threads(), signer);
  }

  /** What its process says on the file that it opens; null: nothing. It runs as root. */
  SgxIoctl said() {
    return switch (services.config().launch().hashSource()) {
      case PER_FD -> new SgxIoctl.SetFileHash(LaunchKey.signer(signer));
      case IOCTL -> new SgxIoctl.SetMachineHash(LaunchKey.signer(signer), true);
      case KERNEL_LE, BOOT, SIGNER -> null;
    };
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
