package dev.ksgx.kernel.enclave;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Reclaim;
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
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.probe.State;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What the driver knows of one enclave ({@code struct sgx_encl}). The enclave's actor alone reads
 * and writes it; {@link #lock} says when a task may.
 */
final class EnclaveState {
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
  final long number;

  /** Resident pages that may be evicted, the one that is looked at next first. */
  final Chain<Page> loadList = new Chain<>();

  final ArrayDeque<QueuedAdd> queued = new ArrayDeque<>();

  private final long powerLossesAtCreation;
  private final State life;
  Secs secs;
  PageTree pages;
  Mappings mappings;
  BackingStore backing;

  /** Frame of the SECS; -1 before it has one and while it is out. */
  int secsFrame = -1;

  /** Slot of the version of the SECS; null where slots are given at eviction and it is in. */
  VaPages.Slot secsSlot;

  /** The swapper knows the enclave. */
  boolean registered;

  boolean created;

  /** A page was accepted. */
  boolean building;

  /** Calls of INIT under way. */
  int initializing;

  boolean initialized;
  boolean dead;

  /** What killed it, where that is worth telling; else empty. */
  String causeOfDeath = "";

  /** SUSPEND: dead because the power was lost. */
  boolean suspended;

  /** The mapping, calls, deferred adds and their work item. */
  int references;

  /** The work item of deferred adds is queued and has not begun. */
  boolean workPending;

  /** Pages in the EPC, the SECS and version arrays not counted: the children of the SECS. */
  int resident;

  long evictions;
  long loads;
  long softFaults;
  long hardFaults;
  long refaults;

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
    this.number = number;
    this.powerLossesAtCreation = services.machine().powerLosses();
    this.own = own;
    this.ref = own.narrow();
    this.self = own.narrow();
    this.frames = new FrameAllocation(services, calls, self);
    this.lock =
        TaskLock.mutex(
            services.probe(), services.probe().resource("encl-lock-" + number, "encl-lock", 1));
    this.life = services.probe().state("life");
    lives();
  }

  /** What ECREATE made the enclave of is known: its range has a size. */
  void sized(Secs image, int pid) {
    secs = image;
    long base = image.baseAddress();
    // What is larger than any enclave can be goes no further than ECREATE, which faults.
    long bytes =
        Math.min(image.sizeBytes(), services.machine().config().cpuid().sizeLimitBytes(true));
    pages = new PageTree(base, bytes);
    mappings = new Mappings(services.machine().epc(), base, bytes);
    mappings.add(pid, addressSpace);
    backing = new BackingStore(bytes, reclaim().oneList());
  }

  /** The power went since the enclave was created: it has lost what it had in the EPC. */
  boolean lostPower() {
    return services.machine().powerLosses() != powerLossesAtCreation;
  }

  Reclaim reclaim() {
    return services.config().paging().reclaim();
  }

  /** Slots for life; not if version arrays may go out, since a page must never need one that is. */
  boolean slotAtAdd() {
    return reclaim().slotAtAdd() && !services.config().paging().vaEviction();
  }

  /** Physical address of a slot. */
  long address(VaPages.Slot slot) {
    return address(slot.page().frame) + slot.offset();
  }

  /** A page has come, gone, or changed its slot. */
  void touched(Page page) {
    services.inspection().touched(number, page.address);
  }

  /** The SECS has come or gone. */
  void secsMoved() {
    services.inspection().touched(number, secs.baseAddress());
  }

  /** A page is in the EPC and may be evicted. */
  void loaded(Page page) {
    resident++;
    touched(page);
    if (!registered) {
      return;
    }
    if (reclaim().oneList()) {
      services.swapper().tell(new SwapperMessage.Track(ref, page.address));
    } else {
      loadList.addLast(page);
    }
  }

  /** DEAD, and nothing is present any more: threads inside fault out. */
  void kill() {
    dead = true;
    lives();
    secsMoved();
    mappings.zapAll();
  }

  /** Tells the probe where in its life the enclave is now. */
  void lives() {
    if (dead) {
      life.set(suspended ? "SUSPENDED" : "DEAD");
    } else if (initialized) {
      life.set("INITIALIZED");
    } else if (initializing > 0) {
      life.set("INITIALIZING");
    } else if (building) {
      life.set("BUILDING");
    } else {
      life.set(created ? "CREATED" : "CREATING");
    }
  }

  /** The enclave is no more. */
  void ended() {
    life.end();
    services.probe().remove(lock.resource());
  }

  Flow flow(TaskRef task, RequestId request) {
    return services.flow(task, request, calls, self);
  }

  /** A page that was on its way in is not added after all. */
  void notAdded(Page page) {
    pages.remove(page);
    vaPages.unreserve();
    if (page.slot != null) {
      vaPages.giveBack(page.slot);
    }
    touched(page);
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

  EnclaveMessage.Paging paging(long call) {
    return new EnclaveMessage.Paging(call, evictions, loads, softFaults, hardFaults, refaults);
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
