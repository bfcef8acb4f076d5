package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;

/** ADD_PAGE (driver.md 1.5, 3.1, 3.2): checks, a version-array slot, and the page now or later. */
final class Addition {
  private static final Burst ENTRY =
      Burst.of(Step.software(Work.SYSCALL), Step.software(Work.ADD_REQUEST));

  /** A slot that was found is taken (B-24). */
  record LateTake(Runnable take) implements EnclaveMessage {}

  private final EnclaveState enclave;
  private final PageAdder adder;

  Addition(EnclaveState enclave, PageAdder adder) {
    this.enclave = enclave;
    this.adder = adder;
  }

  /** Run the call, then go on with what it returns. */
  void run(EnclaveMessage.AddPage add, Consumer<CallResult> then) {
    Flow flow = enclave.flow(add.task(), add.request());
    flow.run(
        ENTRY,
        ran -> {
          CallResult verdict = check(add.arguments());
          if (verdict.isZero()) {
            withSlot(flow, slot -> addAt(flow, add, slot, then), then);
          } else {
            then.accept(verdict);
          }
        });
  }

  private CallResult check(SgxIoctl.AddPage arguments) {
    if (arguments.secinfo() == null) {
      return CallResult.failed(
          Errno.EFAULT, "ADD_PAGE: the SECINFO cannot be copied from user space");
    }
    if (arguments.src() == null) {
      return enclave.services.badCopy("ADD_PAGE: the page", Epc.PAGE_BYTES);
    }
    return PageRules.check(
        SecInfo.parse(arguments.secinfo()), arguments.src(), enclave.secs.sizeBytes());
  }

  /** A slot for the page's version; a new version array if all are taken. */
  private void withSlot(Flow flow, Consumer<VaPages.Slot> then, Consumer<CallResult> otherwise) {
    VaPages.Slot slot = enclave.vaPages.find();
    if (slot != null) {
      takeSlot(
          () -> {
            enclave.vaPages.take(slot);
            then.accept(slot);
          });
      return;
    }
    enclave.frames.take(
        flow,
        EpcMessage.Use.VA,
        frame ->
            flow.run(
                Burst.of(new Step.Encls(Encls.epa(enclave.address(frame)))),
                ran -> {
                  StepResult.Leaf leaf = (StepResult.Leaf) ran.last();
                  if (leaf.result().isOk()) {
                    enclave.vaPages.add(frame);
                    withSlot(flow, then, otherwise);
                  } else {
                    enclave.giveBack(EpcMessage.Use.VA, frame);
                    otherwise.accept(
                        CallResult.failed(Errno.EFAULT, "ADD_PAGE: " + leaf.result().describe()));
                  }
                }),
        otherwise);
  }

  /**
   * v5 finds a slot and takes it without a lock: whoever comes at the same instant finds it too.
   * The timer queue puts the taking behind everything else that happens at this instant.
   */
  private void takeSlot(Runnable take) {
    if (enclave.services.config().bugs().has(Bugs.VA_SLOT_RACE)) {
      enclave.services.clock().tellAfter(0, enclave.own, new LateTake(take));
    } else {
      take.run();
    }
  }

  private void addAt(
      Flow flow, EnclaveMessage.AddPage add, VaPages.Slot slot, Consumer<CallResult> then) {
    SgxIoctl.AddPage arguments = add.arguments();
    EnclaveState.QueuedAdd page =
        new EnclaveState.QueuedAdd(
            new EnclaveState.Page(arguments.addr(), slot),
            SecInfo.parse(arguments.secinfo()),
            arguments.src(),
            arguments.mrmask(),
            add.request());
    Consumer<CallResult> end =
        result -> {
          if (!result.isZero()) {
            enclave.vaPages.giveBack(slot);
          }
          then.accept(result);
        };
    if (enclave.services.config().add() == AddMode.DEFERRED) {
      enclave.lock.acquire(
          flow,
          () -> {
            CallResult verdict = admit(page);
            if (verdict.isZero()) {
              queue(page);
            }
            enclave.lock.release(flow);
            end.accept(verdict);
          });
    } else {
      addNow(flow, page, end);
    }
  }

  private CallResult admit(EnclaveState.QueuedAdd add) {
    if (enclave.initialized || enclave.dead) {
      return CallResult.failed(
          Errno.EINVAL, "ADD_PAGE: the enclave is " + (enclave.dead ? "dead" : "initialized"));
    }
    if (enclave.pages.containsKey(add.page().address)) {
      return CallResult.failed(
          Errno.EEXIST, "ADD_PAGE: 0x%x was added already".formatted(add.page().address));
    }
    enclave.pages.put(add.page().address, add.page());
    return CallResult.OK;
  }

  /** A reference for the request, and one for the worker's item if it needs a new one. */
  private void queue(EnclaveState.QueuedAdd add) {
    boolean wasEmpty = enclave.queued.isEmpty();
    enclave.queued.add(add);
    enclave.references++;
    if (wasEmpty && !enclave.workPending) {
      enclave.workPending = true;
      enclave.references++;
      enclave.addWorker.tell(new AddWorkerMessage.Queue(enclave.ref, add.request()));
    }
  }

  /** The frame first, without locks; then the mmap lock, the enclave's lock, the leaves. */
  private void addNow(Flow flow, EnclaveState.QueuedAdd add, Consumer<CallResult> then) {
    enclave.frames.take(
        flow,
        EpcMessage.Use.PAGE,
        frame ->
            adder.withLocks(
                flow,
                users -> {
                  CallResult verdict = admit(add);
                  if (verdict.isZero()) {
                    adder.eadd(
                        flow,
                        add,
                        frame,
                        result -> {
                          if (!result.isZero()) {
                            enclave.pages.remove(add.page().address);
                          }
                          unlock(flow, result, then);
                        });
                  } else {
                    enclave.giveBack(EpcMessage.Use.PAGE, frame);
                    unlock(flow, verdict, then);
                  }
                }),
        then);
  }

  private void unlock(Flow flow, CallResult result, Consumer<CallResult> then) {
    enclave.lock.release(flow);
    enclave.addressSpace.tell(new AddressSpaceMessage.UnlockRead(flow.task()));
    then.accept(result);
  }
}
