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

  /** Goes on once the worker's turn is over; {@code last} is told if the last reference went. */
  interface TurnOver {
    void run(Flow flow, boolean lastReference);
  }

  /** The worker's turn: add page after page until the list is empty. */
  void drain(TaskRef worker, TurnOver then) {
    next(worker, false, then);
  }

  /**
   * @param skipping an add of this turn failed: what follows is dropped in silence (B-43)
   */
  private void next(TaskRef worker, boolean skipping, TurnOver then) {
    EnclaveState.QueuedAdd head = enclave.queued.peek();
    if (head == null) {
      then.run(enclave.flow(worker, RequestId.BOOT), false);
      return;
    }
    Flow flow = enclave.flow(worker, head.request());
    enclave.lock.acquire(
        flow,
        () -> {
          EnclaveState.QueuedAdd add = enclave.queued.poll();
          enclave.lock.release(flow);
          if (skipping || enclave.dead) {
            drop(flow, worker, add, skipping, then);
          } else {
            addOne(flow, worker, add, then);
          }
        });
  }

  private void addOne(Flow flow, TaskRef worker, EnclaveState.QueuedAdd add, TurnOver then) {
    enclave.frames.take(
        flow,
        EpcMessage.Use.PAGE,
        frame ->
            withLocks(
                flow,
                users -> {
                  if (enclave.dead || !users) {
                    unlock(flow);
                    giveBack(frame);
                    drop(flow, worker, add, false, then);
                  } else {
                    eadd(
                        flow,
                        add,
                        frame,
                        result -> {
                          unlock(flow);
                          if (result.isZero()) {
                            added(flow, worker, then);
                          } else {
                            failed(flow, worker, add, then);
                          }
                        });
                  }
                }),
        failure -> failed(flow, worker, add, then));
  }

  private void added(Flow flow, TaskRef worker, TurnOver then) {
    enclave.references--;
    if (enclave.references == 0) {
      then.run(flow, true);
    } else {
      next(worker, false, then);
    }
  }

  /**
   * v5 tells nobody and drops the rest of its turn; the fixed driver kills the enclave, as v11
   * does.
   */
  private void failed(Flow flow, TaskRef worker, EnclaveState.QueuedAdd add, TurnOver then) {
    boolean silent = enclave.services.config().bugs().has(Bugs.SILENT_ADD_FAILURE);
    if (!silent) {
      enclave.dead = true;
      enclave.pageTable.zap();
    }
    drop(flow, worker, add, silent, then);
  }

  private void drop(
      Flow flow, TaskRef worker, EnclaveState.QueuedAdd add, boolean skipping, TurnOver then) {
    enclave.pages.remove(add.page().address);
    enclave.references--;
    if (enclave.references == 0) {
      then.run(flow, true);
    } else {
      next(worker, skipping, then);
    }
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
