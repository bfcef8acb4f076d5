package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.PteTiming;
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

  /**
   * The worker's turn: page after page until the list was empty when one was taken. What is queued
   * after that has a work item of its own.
   */
  void drain(TaskRef worker, TurnOver then) {
    enclave.workPending = false;
    EnclaveState.QueuedAdd head = enclave.queued.peek();
    Flow flow = enclave.flow(worker, head == null ? RequestId.BOOT : head.request());
    if (head == null) {
      over(flow, then);
    } else {
      next(flow, false, then);
    }
  }

  private void over(Flow flow, TurnOver then) {
    enclave.references--;
    then.run(flow, enclave.references == 0);
  }

  /**
   * @param skipping an add of this turn failed: what follows is dropped in silence (B-43)
   */
  private void next(Flow before, boolean skipping, TurnOver then) {
    Flow flow = enclave.flow(before.task(), enclave.queued.peek().request());
    enclave.lock.acquire(
        flow,
        () -> {
          if (skipping || enclave.dead) {
            while (!enclave.queued.isEmpty()) {
              forget(enclave.queued.poll(), skipping);
            }
            enclave.lock.release(flow);
            over(flow, then);
          } else {
            EnclaveState.QueuedAdd add = enclave.queued.poll();
            boolean last = enclave.queued.isEmpty();
            enclave.lock.release(flow);
            addOne(flow, add, last, then);
          }
        });
  }

  private void addOne(Flow flow, EnclaveState.QueuedAdd add, boolean last, TurnOver then) {
    enclave.frames.take(
        flow,
        EpcMessage.Use.PAGE,
        frame -> {
          if (enclave.dead) {
            enclave.giveBack(EpcMessage.Use.PAGE, frame);
            drop(flow, add, last, false, then);
          } else {
            withLocks(flow, users -> addLocked(flow, add, last, frame, users, then));
          }
        },
        failure -> failed(flow, add, last, failure, then));
  }

  private void addLocked(
      Flow flow,
      EnclaveState.QueuedAdd add,
      boolean last,
      int frame,
      boolean users,
      TurnOver then) {
    if (enclave.dead || !users) {
      unlock(flow);
      enclave.giveBack(EpcMessage.Use.PAGE, frame);
      drop(flow, add, last, false, then);
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
            goOn(flow, last, false, then);
          } else {
            failed(flow, add, last, result, then);
          }
        });
  }

  private void goOn(Flow flow, boolean last, boolean skipping, TurnOver then) {
    if (last) {
      over(flow, then);
    } else {
      next(flow, skipping, then);
    }
  }

  /**
   * v5 tells nobody and drops the rest of its turn; the fixed driver kills the enclave, as v11
   * does.
   */
  private void failed(
      Flow flow, EnclaveState.QueuedAdd add, boolean last, CallResult failure, TurnOver then) {
    boolean silent = isSilent();
    if (!silent) {
      enclave.kill();
      enclave.causeOfDeath = failure.check();
    }
    drop(flow, add, last, silent, then);
  }

  private boolean isSilent() {
    return enclave.services.config().bugs().has(Bugs.SILENT_ADD_FAILURE);
  }

  private void drop(
      Flow flow, EnclaveState.QueuedAdd add, boolean last, boolean skipping, TurnOver then) {
    forget(add, skipping);
    goOn(flow, last, skipping, then);
  }

  /** With B-43 the page stays in the driver's tree, though it is nowhere. */
  private void forget(EnclaveState.QueuedAdd add, boolean silently) {
    if (silently) {
      add.page().pending = false;
      enclave.touched(add.page());
    } else {
      enclave.notAdded(add.page());
    }
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
    Page page = add.page();
    boolean mapsNow = enclave.services.config().paging().pte() == PteTiming.AT_ADD;
    if (mapsNow) {
      enclave.mappings.map(enclave.addressSpace, page.address, frame);
    }
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
            page.pending = false;
            enclave.loaded(page);
            then.accept(CallResult.OK);
          } else {
            enclave.mappings.zap(page.address);
            enclave.giveBack(EpcMessage.Use.PAGE, frame);
            then.accept(CallResult.failed(Errno.EIO, "ADD_PAGE: " + leaf.result().describe()));
          }
        });
  }
}
