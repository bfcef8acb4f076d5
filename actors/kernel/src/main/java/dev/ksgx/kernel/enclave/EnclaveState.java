package dev.ksgx.kernel.enclave;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.epc.FrameAllocation;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.flow.TaskLock;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Reply;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the driver knows of one enclave ({@code struct sgx_encl}). The enclave's actor alone reads
 * and writes it; {@link #lock} says when a task may.
 */
final class EnclaveState {
  /** A page that ADD_PAGE accepted. */
  static final class Page {
    final long address;
    final VaPages.Slot slot;
    int frame = -1;

    Page(long address, VaPages.Slot slot) {
      this.address = address;
      this.slot = slot;
    }
  }

  /** An accepted page whose EADD has not run yet. */
  record QueuedAdd(Page page, SecInfo secInfo, Bytes content, int mrmask, RequestId request) {}

  final KernelServices services;
  final ActorRef<LaunchControlMessage.Request> launchControl;
  final ActorRef<AddWorkerMessage.Request> addWorker;
  final ActorRef<AddressSpaceMessage.Request> addressSpace;
  final ActorRef<EnclaveMessage> own;
  final ActorRef<EnclaveMessage.Request> ref;
  final ActorRef<Reply> self;
  final Calls calls = new Calls();
  final FrameAllocation frames;
  final TaskLock lock;
  final VaPages vaPages = new VaPages();
  final Map<Long, Page> pages = new LinkedHashMap<>();
  final ArrayDeque<QueuedAdd> queued = new ArrayDeque<>();

  Secs secs;
  int secsFrame = -1;
  PageTable pageTable;
  boolean created;
  boolean initialized;
  boolean dead;

  /** The mapping, calls, deferred adds and their work item. */
  int references;

  /** The work item of deferred adds is queued and has not begun. */
  boolean workPending;

  int resident;

  EnclaveState(
      KernelServices services,
      ActorRef<LaunchControlMessage.Request> launchControl,
      ActorRef<AddWorkerMessage.Request> addWorker,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      ActorRef<EnclaveMessage> own,
      long number) {
    this.services = services;
    this.launchControl = launchControl;
    this.addWorker = addWorker;
    this.addressSpace = addressSpace;
    this.own = own;
    this.ref = own.narrow();
    this.self = own.narrow();
    this.frames = new FrameAllocation(services, calls, self);
    this.lock =
        TaskLock.mutex(
            services.probe(), services.probe().resource("encl-lock-" + number, "encl-lock", 1));
  }

  Flow flow(TaskRef task, RequestId request) {
    return services.flow(task, request, calls, self);
  }

  /** A frame goes back to the pool. */
  void giveBack(EpcMessage.Use use, int frame) {
    services.epc().tell(new EpcMessage.Free(List.of(frame), use));
  }

  /** Physical address of a frame. */
  long address(int frame) {
    return services.machine().epc().addressOf(frame);
  }

  long secsAddress() {
    return address(secsFrame);
  }

  EnclaveMessage.Phase phase() {
    if (dead) {
      return EnclaveMessage.Phase.DEAD;
    }
    if (initialized) {
      return EnclaveMessage.Phase.INITIALIZED;
    }
    return created ? EnclaveMessage.Phase.CREATED : EnclaveMessage.Phase.CREATING;
  }
}
