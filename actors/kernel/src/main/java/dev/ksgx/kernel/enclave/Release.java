package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of an enclave, in whoever dropped the last reference (driver.md 3.4): its pages, its
 * version arrays, its SECS are EREMOVEd and go back to the pool.
 */
final class Release {
  /** Pages between two preemption points. */
  private static final int BATCH = 16;

  private final EnclaveState enclave;

  Release(EnclaveState enclave) {
    this.enclave = enclave;
  }

  /** Leave the swapper's list, free everything, then go on. */
  void run(Flow flow, Runnable then) {
    if (enclave.registered) {
      enclave.registered = false;
      enclave
          .services
          .swapper()
          .tell(
              new SwapperMessage.Deregister(
                  enclave.ref,
                  enclave.paging(0),
                  enclave.calls.<SwapperMessage.Forgotten>expect(forgotten -> free(flow, then)),
                  enclave.self));
    } else {
      free(flow, then);
    }
  }

  private void free(Flow flow, Runnable then) {
    enclave.services.inspection().closed(enclave.number);
    List<Integer> pages = new ArrayList<>();
    enclave.pages.forEach(
        page -> {
          if (page.isResident()) {
            pages.add(page.frame);
            page.frame = -1;
          }
        });
    enclave.resident = 0;
    remove(
        flow,
        EpcMessage.Use.PAGE,
        pages,
        () ->
            remove(
                flow, EpcMessage.Use.VA, enclave.vaPages.frames(), () -> removeSecs(flow, then)));
  }

  private void removeSecs(Flow flow, Runnable then) {
    List<Integer> secs = enclave.secsFrame < 0 ? List.of() : List.of(enclave.secsFrame);
    enclave.secsFrame = -1;
    remove(flow, EpcMessage.Use.SECS, secs, then);
  }

  private void remove(Flow flow, EpcMessage.Use use, List<Integer> frames, Runnable then) {
    if (frames.isEmpty()) {
      then.run();
      return;
    }
    List<Integer> batch = frames.subList(0, Math.min(BATCH, frames.size()));
    List<Step> steps = new ArrayList<>();
    for (int frame : batch) {
      steps.add(new Step.Encls(Encls.eremove(enclave.address(frame))));
    }
    steps.add(new Step.Software(Work.RELEASE_PAGE, batch.size()));
    flow.run(
        new Burst(steps, false),
        ran -> {
          int tried = Math.min(ran.results().size(), batch.size());
          boolean allRemoved = ran.results().size() == steps.size();
          int freed = allRemoved || freesUnremoved() ? tried : tried - 1;
          if (freed > 0) {
            enclave.services.epc().tell(new EpcMessage.Free(batch.subList(0, freed), use));
          }
          remove(flow, use, frames.subList(tried, frames.size()), then);
        });
  }

  /**
   * Whether a frame whose EREMOVE failed goes to the pool all the same; otherwise it is lost for
   * good.
   */
  private boolean freesUnremoved() {
    return enclave.services.config().bugs().has(Bugs.FREE_WITHOUT_EREMOVE);
  }
}
