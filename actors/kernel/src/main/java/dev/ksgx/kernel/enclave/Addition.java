package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.IoctlGeneration;
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
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;

/** ADD_PAGE (driver.md 1.5, 3.1, 3.2): checks, a version-array slot, and the page now or later. */
final class Addition {
  private static final Burst ENTRY =
      Burst.of(Step.software(Work.SYSCALL), Step.software(Work.ADD_REQUEST));

  private static final Burst ENTRY_OF_RANGE = Burst.of(Step.software(Work.SYSCALL));
  private static final Burst REQUEST = Burst.of(Step.software(Work.ADD_REQUEST));

  /** A slot that was found is taken (B-24). */
  record LateTake(Runnable take) implements EnclaveMessage {}

  private final EnclaveState enclave;
  private final PageAdder adder;
  private final VersionArrays versionArrays;

  Addition(EnclaveState enclave, PageAdder adder) {
    this.enclave = enclave;
    this.adder = adder;
    this.versionArrays = new VersionArrays(enclave);
  }

  /** Run the call, then go on with what it returns. */
  void run(EnclaveMessage.AddPage add, Consumer<CallResult> then) {
    Flow flow = enclave.flow(add.task(), add.request());
    flow.run(
        ENTRY,
        ran -> {
          CallResult verdict = check(add.arguments());
          if (verdict.isZero() && ran.signalPending() && ioctls().addsUntilSignal()) {
            then.accept(signalled());
          } else if (verdict.isZero()) {
            withSlot(flow, slot -> addAt(flow, add.arguments(), slot, then), then);
          } else {
            then.accept(verdict);
          }
        });
  }

  /**
   * Add a range, page by page; what was added before a signal or a page that fails stays, and the
   * caller hears how much that is (driver.md 1.6, 3.2).
   */
  void runRange(EnclaveMessage.AddPages add, Consumer<CallResult> then) {
    Flow flow = enclave.flow(add.task(), add.request());
    SgxIoctl.AddPages range = add.arguments();
    flow.run(
        ENTRY_OF_RANGE,
        ran -> {
          CallResult verdict = isInside(range) ? check(pageOf(range, 0)) : outside();
          if (verdict.isZero()) {
            nextOf(range, flow, 0, ran.signalPending(), then);
          } else {
            then.accept(verdict);
          }
        });
  }

  private boolean isInside(SgxIoctl.AddPages range) {
    long first = enclave.pages.index(range.addr());
    long all = enclave.secs.sizeBytes() / Epc.PAGE_BYTES;
    return range.pages() > 0 && first >= 0 && range.pages() <= all - first;
  }

  private static CallResult outside() {
    return CallResult.failed(
        Errno.EINVAL, "ADD_PAGES: the range must be of one page or more, inside the enclave");
  }

  private static SgxIoctl.AddPage pageOf(SgxIoctl.AddPages range, long index) {
    return new SgxIoctl.AddPage(
        range.addr() + index * Epc.PAGE_BYTES, range.src(), range.secinfo(), range.mrmask());
  }

  private void nextOf(
      SgxIoctl.AddPages range, Flow flow, long done, boolean signal, Consumer<CallResult> then) {
    if (done == range.pages() || signal && done > 0) {
      then.accept(CallResult.OK.withCount(done * Epc.PAGE_BYTES));
    } else if (signal) {
      then.accept(signalled());
    } else {
      addNext(range, flow, done, then);
    }
  }

  private static CallResult signalled() {
    return CallResult.failed(Errno.ERESTARTSYS, "ADD_PAGES: a signal came before the first page");
  }

  private void addNext(SgxIoctl.AddPages range, Flow flow, long done, Consumer<CallResult> then) {
    Consumer<CallResult> failed = result -> then.accept(result.withCount(done * Epc.PAGE_BYTES));
    flow.run(
        REQUEST,
        ran ->
            withSlot(
                flow,
                slot ->
                    addAt(
                        flow,
                        pageOf(range, done),
                        slot,
                        result -> {
                          if (result.isZero()) {
                            nextOf(range, flow, done + 1, ran.signalPending(), then);
                          } else {
                            failed.accept(result);
                          }
                        }),
                failed));
  }

  private CallResult check(SgxIoctl.AddPage arguments) {
    if (arguments.secinfo() == null) {
      return CallResult.failed(
          Errno.EFAULT, "ADD_PAGE: the SECINFO cannot be copied from user space");
    }
    if (arguments.src() == null && ioctls().copiesFirst()) {
      return noContent();
    }
    return PageRules.check(
        SecInfo.parse(arguments.secinfo()), arguments.src(), enclave.secs.sizeBytes(), ioctls());
  }

  private CallResult noContent() {
    return enclave.services.badCopy("ADD_PAGE: the page", Epc.PAGE_BYTES);
  }

  private IoctlGeneration ioctls() {
    return enclave.services.config().ioctls();
  }

  /** Room for the page's version, and the slot itself where it is given for life. */
  private void withSlot(Flow flow, Consumer<VaPages.Slot> then, Consumer<CallResult> otherwise) {
    versionArrays.ensureRoom(
        flow,
        "ADD_PAGE",
        () -> {
          if (enclave.slotAtAdd()) {
            VaPages.Slot slot = enclave.vaPages.find();
            takeSlot(
                () -> {
                  enclave.vaPages.reserve();
                  enclave.vaPages.take(slot);
                  then.accept(slot);
                });
          } else {
            enclave.vaPages.reserve();
            then.accept(null);
          }
        },
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
      Flow flow, SgxIoctl.AddPage arguments, VaPages.Slot slot, Consumer<CallResult> then) {
    SecInfo secInfo = SecInfo.parse(arguments.secinfo());
    EnclaveState.QueuedAdd page =
        new EnclaveState.QueuedAdd(
            new Page(arguments.addr(), secInfo.pageType() == PageType.TCS, slot),
            secInfo,
            arguments.src(),
            arguments.mrmask(),
            flow.request());
    Consumer<CallResult> end =
        result -> {
          if (!result.isZero()) {
            enclave.notAdded(page.page());
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
      String why = enclave.causeOfDeath.isEmpty() ? "dead" : "dead: " + enclave.causeOfDeath;
      return CallResult.failed(
          Errno.EINVAL, "ADD_PAGE: the enclave is " + (enclave.dead ? why : "initialized"));
    }
    if (enclave.pages.get(add.page().address) != null) {
      return CallResult.failed(
          ioctls().pageThere(), "ADD_PAGE: 0x%x was added already".formatted(add.page().address));
    }
    if (add.content() == null) {
      return noContent();
    }
    enclave.pages.put(add.page());
    enclave.building = true;
    enclave.lives();
    enclave.touched(add.page());
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
