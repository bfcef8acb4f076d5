package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.flow.TaskLock;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.function.BiConsumer;

/**
 * Accesses of debuggers to the memory of one process: under its mmap lock, through the enclave's
 * own access function (driver.md 1.7).
 *
 * <p>As shipped (B-45) a debugger whose page is not to be had comes again at once, with the lock
 * still held: a writer that queues for it meanwhile keeps out the swapper, which would free a
 * frame. Fixed, it gives the lock back, lets others have the core, and looks whether a signal came.
 */
final class Ptrace {
  /** Tries after which a page counts as one that never comes. */
  static final int MOST_TRIES = 1_000_000;

  static final CallResult EXITING = CallResult.failed(Errno.EIO, "ptrace: the process is exiting");

  private static final Burst ENTRY = Burst.of(Step.software(Work.SYSCALL));

  private final KernelServices services;
  private final ActorRef<AddressSpaceMessage.Request> space;
  private final ActorRef<Reply> self;
  private final Calls calls;
  private final Vmas vmas;
  private final TaskLock mmapLock;

  Ptrace(
      KernelServices services,
      ActorRef<AddressSpaceMessage.Request> space,
      ActorRef<Reply> self,
      Calls calls,
      Vmas vmas,
      TaskLock mmapLock) {
    this.services = services;
    this.space = space;
    this.self = self;
    this.calls = calls;
    this.vmas = vmas;
    this.mmapLock = mmapLock;
  }

  /**
   * One access as {@code flow}.
   *
   * @param value what to write; null for a read
   * @param then takes what was read and the result
   */
  void run(Flow flow, long address, Long value, BiConsumer<Long, CallResult> then) {
    flow.run(ENTRY, ran -> new Access(flow, address, value, then).lock());
  }

  private final class Access {
    private final Flow flow;
    private final long address;
    private final Long value;
    private final BiConsumer<Long, CallResult> then;
    private int tries;

    Access(Flow flow, long address, Long value, BiConsumer<Long, CallResult> then) {
      this.flow = flow;
      this.address = address;
      this.value = value;
      this.then = then;
    }

    void lock() {
      mmapLock.acquire(flow, this::locked);
    }

    private void locked() {
      Vma vma = vmas.at(address);
      if (vma == null) {
        unlock(0, CallResult.failed(Errno.EIO, "ptrace: no mapping of /dev/sgx is there"));
      } else if (vma.enclave == null) {
        unlock(0, CallResult.failed(Errno.EFAULT, "ptrace: the mapping has no enclave"));
      } else {
        vma.enclave.tell(
            new EnclaveMessage.Debug(
                flow.task(),
                flow.request(),
                space,
                address,
                value,
                calls.<EnclaveMessage.Debugged>expect(this::answered),
                self));
      }
    }

    private void answered(EnclaveMessage.Debugged done) {
      tries++;
      if (done.result().errno() != Errno.EBUSY || tries == MOST_TRIES) {
        unlock(done.value(), done.result());
      } else if (services.config().bugs().has(Bugs.DEBUGGER_SPINS)) {
        locked();
      } else {
        mmapLock.release(flow);
        flow.block();
        flow.run(
            ENTRY,
            ran -> {
              if (ran.signalPending()) {
                then.accept(
                    0L, CallResult.failed(Errno.EINTR, "ptrace: a signal came before the page"));
              } else {
                lock();
              }
            });
      }
    }

    private void unlock(long read, CallResult result) {
      mmapLock.release(flow);
      then.accept(read, result);
    }
  }
}
