package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.List;
import java.util.function.Consumer;

/**
 * EADD and EEXTEND of accepted pages: by the add worker for its turn, or by the caller (driver.md
 * 3.1).
 */
final class PageAdder {
  private final EnclaveState enclave;

  PageAdder(EnclaveState enclave) {
    this.enclave = enclave;
  }

  /** Goes on once the worker's turn is over, and hears whether the last reference went with it. */
  interface TurnOver {
    void run(Flow flow, boolean lastReference);
  }

  /** The worker's turn: add page after page until the list is empty. */
  void drain(TaskRef worker, TurnOver then) {
    EnclaveState.QueuedAdd head = enclave.queued.peek();
    next(enclave.flow(worker, head == null ? RequestId.BOOT : head.request()), false, then);
  }

  /**
   * @param skipping an add of this turn failed: what follows is dropped in silence (B-43)
   */
  private void next(Flow before, boolean skipping, TurnOver then) {
    EnclaveState.QueuedAdd head = enclave.queued.peek();
    if (head == null) {
      enclave.references--;
      then.run(before, enclave.references == 0);
      return;
    }
    Flow flow = enclave.flow(before.task(), head.request());
    enclave.lock.acquire(
        flow,
        () -> {
          if (skipping || enclave.dead) {
            while (!enclave.queued.isEmpty()) {
              forget(enclave.queued.poll());
            }
            enclave.lock.release(flow);
            next(flow, skipping, then);
          } else {
            EnclaveState.QueuedAdd add = enclave.queued.poll();
            enclave.lock.release(flow);
            addOne(flow, add, then);
          }
        });
  }

  private void addOne(Flow flow, EnclaveState.QueuedAdd add, TurnOver then) {
    enclave.frames.take(
        flow,
        EpcMessage.Use.PAGE,
        frame -> {
          if (enclave.dead) {
            giveBack(frame);
            drop(flow, add, false, then);
          } else {
            withLocks(flow, users -> addLocked(flow, add, frame, users, then));
          }
        },
        failure -> failed(flow, add, then));
  }

  private void addLocked(
      Flow flow, EnclaveState.QueuedAdd add, int frame, boolean users, TurnOver then) {
    if (enclave.dead || !users) {
      unlock(flow);
      giveBack(frame);
      drop(flow, add, false, then);
      return;
    }
    eadd(
        flow,
        add,
        frame,
        result -> {
          unlock(flow);
          if (result.isZero()) {
            enclave.references--;
            next(flow, false, then);
          } else {
            failed(flow, add, then);
          }
        });
  }

  /**
   * v5 tells nobody and drops the rest of its turn; the fixed driver kills the enclave, as v11
   * does.
   */
  private void failed(Flow flow, EnclaveState.QueuedAdd add, TurnOver then) {
    boolean silent = enclave.services.config().bugs().has(Bugs.SILENT_ADD_FAILURE);
    if (!silent) {
      enclave.dead = true;
      enclave.pageTable.zap();
    }
    drop(flow, add, silent, then);
  }

  private void drop(Flow flow, EnclaveState.QueuedAdd add, boolean skipping, TurnOver then) {
    forget(add);
    next(flow, skipping, then);
  }

  private void forget(EnclaveState.QueuedAdd add) {
    enclave.pages.remove(add.page().address);
    enclave.references--;
  }

  /**
   * The mmap lock for reading, then the enclave's lock; tells whether the process has users left.
   */
  void withLocks(Flow flow, Consumer<Boolean> then) {
    long call =
        enclave.calls.<AddressSpaceMessage.ReadLocked>expect(
            locked -> enclave.lock.acquire(flow, () -> then.accept(locked.users())));
    enclave.addressSpace.tell(
        new AddressSpaceMessage.LockRead(flow.task(), flow.request(), call, enclave.self));
  }

  private void unlock(Flow flow) {
    enclave.lock.release(flow);
    enclave.addressSpace.tell(new AddressSpaceMessage.UnlockRead(flow.task()));
  }

  /** The page-table entry, EADD, and an EEXTEND a bit of the mask; both locks are held. */
  void eadd(Flow flow, EnclaveState.QueuedAdd add, int frame, Consumer<CallResult> then) {
    EnclaveState.Page page = add.page();
    enclave.pageTable.map(page.address, frame);
    Burst burst =
        Burst.of(
            Step.software(Work.ADD_PATH),
            new Step.Encls(
                Encls.addPage(
                    enclave.address(frame),
                    enclave.secsAddress(),
                    page.address,
                    add.secInfo(),
                    add.content(),
                    add.mrmask())));
    flow.run(
        burst,
        ran -> {
          StepResult.Leaf leaf = (StepResult.Leaf) ran.last();
          if (leaf.result().isOk()) {
            page.frame = frame;
            enclave.resident++;
            then.accept(CallResult.OK);
          } else {
            enclave.pageTable.unmap(page.address);
            enclave.pages.remove(page.address);
            giveBack(frame);
            then.accept(CallResult.failed(Errno.EIO, "ADD_PAGE: " + leaf.result().describe()));
          }
        });
  }

  private void giveBack(int frame) {
    enclave.services.epc().tell(new EpcMessage.Free(List.of(frame), EpcMessage.Use.PAGE));
  }
}
