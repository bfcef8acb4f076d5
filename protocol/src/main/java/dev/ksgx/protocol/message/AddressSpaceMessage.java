package dev.ksgx.protocol.message;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;

/** Root of what the address space of a process receives: VMAs and the mmap lock. */
public interface AddressSpaceMessage {
  /** What others may send to an address space. */
  sealed interface Request extends AddressSpaceMessage {}

  /** mmap of {@code bytes} of /dev/sgx. Answered with {@link Returned}: the address or an errno. */
  record Mmap(
      TaskRef task, RequestId request, long bytes, long call, ActorRef<? super Returned> replyTo)
      implements Request {}

  /** munmap. Any part unmapped kills the enclave below it. Answered with {@link Returned}. */
  record Munmap(
      TaskRef task,
      RequestId request,
      long address,
      long bytes,
      long call,
      ActorRef<? super Returned> replyTo)
      implements Request {}

  /**
   * A fatal signal for the process: its calls end, then it exits. Answered with {@link Returned}.
   */
  record Kill(RequestId request, long call, ActorRef<? super Returned> replyTo)
      implements Request {}

  /** exit by {@code task}, the last of its process. Answered with {@link Returned}. */
  record Exit(TaskRef task, RequestId request, long call, ActorRef<? super Returned> replyTo)
      implements Request {}

  /**
   * The enclave that covers {@code address}; a reference on it is taken. Answered with {@link
   * Found}.
   */
  record FindEnclave(
      TaskRef task, RequestId request, long address, long call, ActorRef<? super Found> replyTo)
      implements Request {}

  /**
   * The state of the enclave that covers {@code address}. Answered with {@link
   * EnclaveMessage.State}.
   */
  record AskEnclave(long address, long call, ActorRef<? super EnclaveMessage.State> replyTo)
      implements Request {}

  /**
   * Bind a created enclave to the VMA that covers exactly its range. Answered with {@link Bound}.
   */
  record Bind(
      TaskRef task,
      RequestId request,
      long base,
      long bytes,
      ActorRef<EnclaveMessage.Request> enclave,
      long call,
      ActorRef<? super Bound> replyTo)
      implements Request {}

  /**
   * A page fault of {@code task} in user mode. Answered with {@link FaultOver}; the task still
   * holds a core then.
   *
   * @param errorCode as the processor gives it; bit 15: an SGX rule, which no page table can mend
   */
  record PageFault(
      TaskRef task,
      RequestId request,
      long address,
      int errorCode,
      long call,
      ActorRef<? super FaultOver> replyTo)
      implements Request {}

  /**
   * ptrace: a debugger's {@code task} reads the 8 bytes at {@code address}, a multiple of 8, of
   * this process. Answered with {@link Peeked}.
   */
  record Peek(
      TaskRef task, RequestId request, long address, long call, ActorRef<? super Peeked> replyTo)
      implements Request {}

  /**
   * ptrace: a debugger's {@code task} writes the 8 bytes at {@code address}, a multiple of 8, of
   * this process. Answered with {@link Peeked}.
   */
  record Poke(
      TaskRef task,
      RequestId request,
      long address,
      long value,
      long call,
      ActorRef<? super Peeked> replyTo)
      implements Request {}

  /**
   * A debugger's access is over.
   *
   * @param value what was read; 0 after a write or a failure
   */
  record Peeked(long call, long value, CallResult result) implements Reply {}

  /**
   * fork of this process by {@code task}: {@code child} gets the mappings that this generation
   * copies. Answered with {@link Forked}.
   *
   * @param pid of the child
   */
  record Fork(
      TaskRef task,
      RequestId request,
      int pid,
      ActorRef<Request> child,
      long call,
      ActorRef<? super Forked> replyTo)
      implements Request {}

  /** What a child gets from its parent before it runs. */
  record Inherit(List<Mapping> mappings) implements Request {
    public Inherit {
      mappings = List.copyOf(mappings);
    }
  }

  /**
   * A mapping of /dev/sgx.
   *
   * @param enclave bound to it, or null
   */
  record Mapping(long base, long bytes, ActorRef<EnclaveMessage.Request> enclave) {}

  /** The child has what it gets. */
  record Forked(long call) implements Reply {}

  /**
   * Calls by tasks of that kind are held from now on until {@link Thaw}. Answered with {@link
   * Frozen} when none of them is under way.
   */
  record Freeze(TaskRef.Kind kind, long call, ActorRef<? super Frozen> replyTo)
      implements Request {}

  /** Calls go on. */
  enum Thaw implements Request {
    NOW
  }

  /** How the kernel leaves a page fault. */
  enum FaultOutcome {
    /** The access is tried again: the page is there, or it was not to be had this time. */
    RETRY,
    /** The page cannot be brought. */
    SIGBUS,
    /** No mapping of /dev/sgx covers the address. */
    SIGSEGV
  }

  /**
   * A page fault is over.
   *
   * @param why one line; empty for RETRY
   * @param table page table that the process has at the address now; null unless RETRY
   */
  record FaultOver(long call, FaultOutcome outcome, String why, Translation table)
      implements Reply {
    /** A fault after which the access is not tried again. */
    public FaultOver(long call, FaultOutcome outcome, String why) {
      this(call, outcome, why, null);
    }
  }

  /** Take the mmap lock for reading. Answered with {@link ReadLocked}. */
  record LockRead(TaskRef task, RequestId request, long call, ActorRef<? super ReadLocked> replyTo)
      implements Request {}

  /** Give the mmap lock back. */
  record UnlockRead(TaskRef task) implements Request {}

  /** The enclave, or why there is none. */
  record Found(long call, ActorRef<EnclaveMessage.Request> enclave, CallResult result)
      implements Reply {}

  /** Whether the enclave now has its VMA. */
  record Bound(long call, CallResult result) implements Reply {}

  /** The mmap lock is held for reading; {@code users} is false once the process is exiting. */
  record ReadLocked(long call, boolean users) implements Reply {}
}
