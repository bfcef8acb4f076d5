package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;

/** Root of what an enclave receives: its life cycle, its pages, its lock. */
public interface EnclaveMessage {
  /** What others may send to an enclave. */
  sealed interface Request extends EnclaveMessage {}

  /**
   * Create the enclave from a SECS that passed the driver's checks. Answered with {@link CallDone}.
   */
  record Create(
      TaskRef task, RequestId request, Secs secs, long call, ActorRef<? super CallDone> replyTo)
      implements Request {}

  /** ADD_PAGE, after the look-up that took a reference. Answered with {@link CallDone}. */
  record AddPage(
      TaskRef task,
      RequestId request,
      SgxIoctl.AddPage arguments,
      long call,
      ActorRef<? super CallDone> replyTo)
      implements Request {}

  /** ADD_PAGES, after the look-up that took a reference. Answered with {@link CallDone}. */
  record AddPages(
      TaskRef task,
      RequestId request,
      SgxIoctl.AddPages arguments,
      long call,
      ActorRef<? super CallDone> replyTo)
      implements Request {}

  /**
   * INIT, after the look-up that took a reference. Answered with {@link CallDone}.
   *
   * @param token the caller's; null if it brought none
   * @param launchHash whose launch enclave made it, 32 bytes, if that was said by ioctl; else null
   */
  record Init(
      TaskRef task,
      RequestId request,
      SgxIoctl.Init arguments,
      EinitToken token,
      Bytes launchHash,
      long call,
      ActorRef<? super CallDone> replyTo)
      implements Request {}

  /** A look-up found this enclave: hold a reference until the call that follows ends. */
  enum TakeReference implements Request {
    ONE
  }

  /**
   * The add worker's turn: add what is queued until nothing is. Answered with {@link Drained}.
   *
   * @param task the worker's task, on whose core the leaves run
   */
  record DrainAdds(TaskRef task, long call, ActorRef<? super Drained> replyTo) implements Request {}

  /**
   * The VMA of the enclave is closed (munmap of any part, exit): the enclave is dead and a
   * reference dropped; if it was the last, the frames are freed in {@code task} before the answer.
   * Answered with {@link CallDone}.
   *
   * @param remaining pieces of the mapping that stay, each with a reference of its own
   */
  record Unmapped(
      TaskRef task, RequestId request, int remaining, long call, ActorRef<? super CallDone> replyTo)
      implements Request {}

  /**
   * A page fault at {@code address}, under the mmap lock of its process. Answered with {@link
   * AddressSpaceMessage.FaultOver}.
   *
   * @param addressSpace of the process that faulted
   */
  record Fault(
      TaskRef task,
      RequestId request,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      long address,
      long call,
      ActorRef<? super AddressSpaceMessage.FaultOver> replyTo)
      implements Request {}

  /**
   * A reclaim pass looks at pages of the enclave: those that are old are set aside for {@code
   * task}, and a reference is held until the last stage of {@link Evict}. Answered with {@link
   * Isolated}.
   *
   * @param pages addresses of the pages to look at; empty: up to {@code most} from the head of the
   *     enclave's own list
   */
  record Isolate(
      TaskRef task,
      RequestId request,
      List<Long> pages,
      int most,
      long call,
      ActorRef<? super Isolated> replyTo)
      implements Request {
    public Isolate {
      pages = List.copyOf(pages);
    }
  }

  /** What a reclaim pass does with the pages that it has set aside. */
  enum Stage {
    /** Unmap and block them. */
    BLOCK,
    /** Write them out; they must be blocked. */
    WRITE,
    /** Both under one hold of the enclave's lock. */
    BLOCK_AND_WRITE
  }

  /** Evict what {@link Isolate} has set aside for {@code task}. Answered with {@link Evicted}. */
  record Evict(
      TaskRef task, RequestId request, Stage stage, long call, ActorRef<? super Evicted> replyTo)
      implements Request {}

  /**
   * A look of a reclaim pass is over.
   *
   * @param looked pages looked at
   * @param isolated pages set aside; 0: nothing to evict, no reference is held
   * @param young addresses of the pages looked at that stay
   */
  record Isolated(long call, int looked, int isolated, List<Long> young) implements Reply {
    public Isolated {
      young = List.copyOf(young);
    }
  }

  /**
   * A stage of an eviction is over.
   *
   * @param freed frames given back to the pool, SECS and version arrays included
   * @param result 0, or why the enclave could not go on
   */
  record Evicted(long call, int freed, CallResult result) implements Reply {}

  /**
   * The machine is about to lose its power: the enclave is dead and suspended from now on, no
   * thread enters it any more, and its deferred adds are waited for. Answered with {@link
   * Suspended}.
   */
  record Suspend(TaskRef task, RequestId request, long call, ActorRef<? super Suspended> replyTo)
      implements Request {}

  /** The enclave is suspended. */
  record Suspended(long call) implements Reply {}

  /**
   * A debugger's access to 8 bytes, under the mmap lock of the process. Answered with {@link
   * Debugged}.
   *
   * @param address a multiple of 8
   * @param value what to write; null for a read
   */
  record Debug(
      TaskRef task,
      RequestId request,
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      long address,
      Long value,
      long call,
      ActorRef<? super Debugged> replyTo)
      implements Request {}

  /**
   * A debugger's access is over.
   *
   * @param value what was read
   * @param result -EBUSY: the page was not to be had this time
   */
  record Debugged(long call, long value, CallResult result) implements Reply {}

  /**
   * fork of process {@code parent}, which maps the enclave, under its mmap lock: process {@code
   * pid} maps it too, with the same entries, and holds a reference. Sent once for each of its VMAs.
   */
  record Forked(int parent, int pid, ActorRef<AddressSpaceMessage.Request> child)
      implements Request {}

  /**
   * Tell the state, as the process with that address space sees it. Answered with {@link State}.
   */
  record AskState(
      ActorRef<AddressSpaceMessage.Request> addressSpace,
      long call,
      ActorRef<? super State> replyTo)
      implements Request {}

  /** Tell what paging did to the enclave. Answered with {@link Paging}. */
  record AskPaging(long call, ActorRef<? super Paging> replyTo) implements Request {}

  /**
   * What paging did to the enclave since its creation, in pages of any kind.
   *
   * @param evictions pages written out, SECS included
   * @param loads pages brought back, SECS included
   * @param softFaults faults resolved by a page-table entry alone: the page was resident
   * @param hardFaults faults that brought a page back
   * @param refaults faults answered with RETRY though the page was not brought
   */
  record Paging(
      long call, long evictions, long loads, long softFaults, long hardFaults, long refaults)
      implements Reply {}

  /** An ioctl's part in the enclave is over. */
  record CallDone(long call, CallResult result) implements Reply {}

  /** The queue of deferred adds is empty. */
  record Drained(long call) implements Reply {}

  /**
   * A look at an enclave.
   *
   * @param phase where in its life it is
   * @param pages pages resident in the EPC, the SECS not counted
   * @param translation its page tables; null if there is no enclave
   */
  record State(long call, Phase phase, int pages, Translation translation) implements Reply {}

  /** Where in its life an enclave is (driver.md 2.1). */
  enum Phase {
    CREATING,
    CREATED,
    INITIALIZED,
    DEAD,
    RELEASED
  }
}
