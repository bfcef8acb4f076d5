package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Free everything, then go on. */
  void run(Flow flow, Runnable then) {
    int[] pages =
        enclave.pages.values().stream()
            .mapToInt(page -> page.frame)
            .filter(frame -> frame >= 0)
            .toArray();
    enclave.pages.clear();
    enclave.resident = 0;
    remove(
        flow,
        EpcMessage.Use.PAGE,
        pages,
        () ->
            remove(
                flow,
                EpcMessage.Use.VA,
                enclave.vaPages.frames(),
                () -> remove(flow, EpcMessage.Use.SECS, new int[] {enclave.secsFrame}, then)));
  }

  private void remove(Flow flow, EpcMessage.Use use, int[] frames, Runnable then) {
    if (frames.length == 0) {
      then.run();
      return;
    }
    int[] batch = Arrays.copyOf(frames, Math.min(BATCH, frames.length));
    int[] rest = Arrays.copyOfRange(frames, batch.length, frames.length);
    List<Step> steps = new ArrayList<>();
    for (int frame : batch) {
      steps.add(new Step.Encls(Encls.eremove(enclave.address(frame))));
    }
    steps.add(new Step.Software(Work.RELEASE_PAGE, batch.length));
    flow.run(
        new Burst(steps, false),
        ran -> {
          int removed = Math.min(ran.results().size(), batch.length);
          boolean allRemoved = ran.results().size() == steps.size();
          if (allRemoved || freesUnremoved()) {
            free(use, Arrays.copyOf(batch, removed));
          } else {
            free(use, Arrays.copyOf(batch, removed - 1));
          }
          remove(flow, use, concat(Arrays.copyOfRange(batch, removed, batch.length), rest), then);
        });
  }

  /**
   * Whether a frame whose EREMOVE failed is given back all the same; otherwise it is lost for good.
   */
  private boolean freesUnremoved() {
    return enclave.services.config().bugs().has(Bugs.FREE_WITHOUT_EREMOVE);
  }

  private void free(EpcMessage.Use use, int[] frames) {
    if (frames.length > 0) {
      enclave.services.epc().tell(new EpcMessage.Free(frames, use));
    }
  }

  private static int[] concat(int[] first, int[] second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
