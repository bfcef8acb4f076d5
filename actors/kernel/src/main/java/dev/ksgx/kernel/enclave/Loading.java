package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.AddressSpaceMessage.FaultOutcome;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.function.IntConsumer;

/**
 * A page fault in the enclave (driver.md 6.5), under the mmap lock of the process: the page is
 * brought, before it its SECS, before that the version array that holds its version. Frames are
 * taken without waiting; if none is free the thread faults again.
 */
final class Loading {
  private static final Burst SOFT = Burst.of(Step.software(Work.PAGE_FAULT));

  /** How the fault ends. */
  @FunctionalInterface
  interface End {
    void accept(FaultOutcome outcome, String why);
  }

  private final EnclaveState enclave;

  Loading(EnclaveState enclave) {
    this.enclave = enclave;
  }

  void run(EnclaveMessage.Fault fault, End then) {
    Flow flow = enclave.flow(fault.task(), fault.request());
    enclave.lock.acquire(
        flow,
        () ->
            resolve(
                fault,
                flow,
                (outcome, why) -> {
                  enclave.lock.release(flow);
                  then.accept(outcome, why);
                }));
  }

  /** As {@link #run}, by whoever holds the enclave's lock. */
  void resolve(EnclaveMessage.Fault fault, Flow flow, End end) {
    boolean demandsInit = !enclave.reclaim().oneList();
    Page page = enclave.pages.get(fault.address() & -Epc.PAGE_BYTES);
    if (enclave.dead) {
      sigbus(flow, "the enclave is dead", end);
    } else if (demandsInit && !enclave.initialized) {
      sigbus(flow, "the enclave is not initialized", end);
    } else if (page == null) {
      sigbus(flow, "the enclave has no page there", end);
    } else if (page.isResident()) {
      resident(fault, page, flow, end);
    } else if (enclave.backing.read(enclave.pages.index(page.address)) == null) {
      sigbus(flow, "the page was never added", end);
    } else {
      load(fault, page, flow, end);
    }
  }

  private void sigbus(Flow flow, String why, End end) {
    flow.run(SOFT, ran -> end.accept(FaultOutcome.SIGBUS, why));
  }

  private void again(Flow flow, End end) {
    enclave.refaults++;
    flow.run(SOFT, ran -> end.accept(FaultOutcome.RETRY, ""));
  }

  /**
   * v5 takes it for granted that the entry is there; so it is, since it makes it before EADD. It is
   * not where the page came back by the fault of another process.
   */
  private void resident(EnclaveMessage.Fault fault, Page page, Flow flow, End end) {
    if (page.reserved) {
      again(flow, end);
      return;
    }
    flow.run(
        SOFT,
        ran -> {
          enclave.softFaults++;
          if (!enclave.mappings.isMapped(fault.addressSpace(), page.address)) {
            enclave.mappings.map(fault.addressSpace(), page.address, page.frame);
          }
          end.accept(FaultOutcome.RETRY, "");
        });
  }

  /** With B-44 the page's frame comes first and is handed back if there is none for the SECS. */
  private void load(EnclaveMessage.Fault fault, Page page, Flow flow, End end) {
    if (!page.slot.page().isResident()) {
      loadVersionArray(flow, page.slot.page(), () -> load(fault, page, flow, end), end);
      return;
    }
    boolean handsBack = enclave.services.config().bugs().has(Bugs.FRAME_HANDED_BACK);
    if (enclave.secsFrame >= 0) {
      frame(flow, EpcMessage.Use.PAGE, frame -> loadPage(fault, page, frame, flow, end), end);
    } else if (handsBack) {
      frame(
          flow,
          EpcMessage.Use.PAGE,
          frame ->
              loadSecs(
                  flow,
                  () -> loadPage(fault, page, frame, flow, end),
                  (outcome, why) -> {
                    enclave.giveBack(EpcMessage.Use.PAGE, frame);
                    end.accept(outcome, why);
                  }),
          end);
    } else {
      loadSecs(flow, () -> load(fault, page, flow, end), end);
    }
  }

  private void frame(Flow flow, EpcMessage.Use use, IntConsumer then, End end) {
    enclave.frames.takeAtOnce(
        flow,
        use,
        then,
        failure -> {
          if (failure.errno() == Errno.EBUSY) {
            again(flow, end);
          } else {
            sigbus(flow, failure.check(), end);
          }
        });
  }

  private void loadVersionArray(Flow flow, VaPages.VaPage array, Runnable then, End end) {
    frame(
        flow,
        EpcMessage.Use.VA,
        frame -> {
          EnclsRequest eldu =
              Encls.eldu(enclave.address(frame), 0, 0, array.out, enclave.address(array.home));
          flow.run(
              Burst.of(Step.software(Work.LOAD_PAGE), new Step.Encls(eldu)),
              ran -> {
                LeafResult result = ((StepResult.Leaf) ran.last()).result();
                if (result.isOk()) {
                  enclave.vaPages.cameBack(array, frame);
                  enclave.loads++;
                  then.run();
                } else {
                  enclave.giveBack(EpcMessage.Use.VA, frame);
                  end.accept(FaultOutcome.SIGBUS, "version array: " + result.describe());
                }
              });
        },
        end);
  }

  private void loadSecs(Flow flow, Runnable then, End end) {
    if (!enclave.secsSlot.page().isResident()) {
      loadVersionArray(flow, enclave.secsSlot.page(), () -> loadSecs(flow, then, end), end);
      return;
    }
    frame(
        flow,
        EpcMessage.Use.SECS,
        frame -> {
          EvictedPage out = enclave.backing.read(enclave.backing.secsIndex());
          EnclsRequest eldu =
              Encls.eldu(enclave.address(frame), 0, 0, out, enclave.address(enclave.secsSlot));
          flow.run(
              Burst.of(Step.software(Work.LOAD_PAGE), new Step.Encls(eldu)),
              ran -> {
                LeafResult result = ((StepResult.Leaf) ran.last()).result();
                if (result.isOk()) {
                  enclave.secsFrame = frame;
                  enclave.secsMoved();
                  enclave.loads++;
                  enclave.backing.loaded(enclave.backing.secsIndex());
                  if (!enclave.slotAtAdd()) {
                    enclave.vaPages.giveBack(enclave.secsSlot);
                    enclave.secsSlot = null;
                  }
                  then.run();
                } else {
                  enclave.giveBack(EpcMessage.Use.SECS, frame);
                  end.accept(FaultOutcome.SIGBUS, "SECS: " + result.describe());
                }
              });
        },
        end);
  }

  private void loadPage(EnclaveMessage.Fault fault, Page page, int frame, Flow flow, End end) {
    long index = enclave.pages.index(page.address);
    EnclsRequest eldu =
        Encls.eldu(
            enclave.address(frame),
            enclave.secsAddress(),
            page.address,
            enclave.backing.read(index),
            enclave.address(page.slot));
    flow.run(
        Burst.of(
            Step.software(Work.PAGE_FAULT), Step.software(Work.LOAD_PAGE), new Step.Encls(eldu)),
        ran -> {
          LeafResult result = ((StepResult.Leaf) ran.last()).result();
          if (result.isOk()) {
            cameBack(page, frame, index);
            enclave.hardFaults++;
            enclave.mappings.map(fault.addressSpace(), page.address, frame);
            end.accept(FaultOutcome.RETRY, "");
          } else {
            enclave.giveBack(EpcMessage.Use.PAGE, frame);
            end.accept(FaultOutcome.SIGBUS, result.describe());
          }
        });
  }

  private void cameBack(Page page, int frame, long index) {
    page.frame = frame;
    enclave.backing.loaded(index);
    if (!enclave.slotAtAdd()) {
      enclave.vaPages.giveBack(page.slot);
      page.slot = null;
    }
    enclave.loads++;
    enclave.loaded(page);
  }
}
