package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The rungs by which pages of one enclave leave the EPC (driver.md 6.3), under the enclave's lock:
 * EBLOCK, ETRACK, EWB; if a thread may still hold a translation, an interrupt to the cores of the
 * enclave's processes and EWB again. v5 tracks once a batch, before the first EWB; mainline tracks
 * when an EWB asks for it.
 */
final class EvictionLadder {
  private final EnclaveState enclave;
  private final Flow flow;
  private final List<Page> pages;
  private final Eviction.Emptied emptied = new Eviction.Emptied();
  private final boolean tracksEarly;

  /** The page that is next to be written. */
  private int next;

  /** ETRACK, then the interrupt, were tried for the page that is next. */
  private boolean tracked;

  private boolean interrupted;
  private Runnable then;

  EvictionLadder(EnclaveState enclave, Flow flow, List<Page> pages) {
    this.enclave = enclave;
    this.flow = flow;
    this.pages = pages;
    this.tracksEarly = !enclave.reclaim().oneList();
  }

  Eviction.Emptied emptied() {
    return emptied;
  }

  /** EBLOCK of all pages; a refusal kills the enclave. */
  void block(Consumer<CallResult> then) {
    if (pages.isEmpty()) {
      then.accept(CallResult.OK);
      return;
    }
    flow.run(
        new Burst(blockSteps(), false),
        ran -> {
          if (!isOk(ran.last())) {
            fail(ran.last());
          }
          then.accept(emptied.result);
        });
  }

  /** One hold of the lock: EBLOCK of all, ETRACK, EWB of all. */
  void blockAndWrite(Runnable then) {
    this.then = then;
    List<Step> steps = blockSteps();
    int blocks = steps.size();
    steps.add(new Step.Encls(Encls.etrack(enclave.secsAddress())));
    steps.addAll(writeSteps());
    flow.run(
        new Burst(steps, false),
        ran -> {
          int done = ran.results().size();
          if (done <= blocks + 1 && !isOk(ran.last())) {
            fail(ran.last());
            leaveUnwritten();
          } else {
            tracked = true;
            written(ran.results().subList(blocks + 1, done));
          }
        });
  }

  /** EWB of all, with the later rungs where they are needed. */
  void write(Runnable then) {
    this.then = then;
    writeOn();
  }

  private void writeOn() {
    if (next == pages.size()) {
      evictSecs();
    } else {
      flow.run(new Burst(writeSteps(), false), ran -> written(ran.results()));
    }
  }

  private List<Step> blockSteps() {
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.Software(Work.RECLAIM_PAGE, pages.size()));
    for (Page page : pages) {
      steps.add(new Step.Encls(Encls.eblock(enclave.address(page.frame))));
    }
    return steps;
  }

  private List<Step> writeSteps() {
    List<Step> steps = new ArrayList<>();
    for (Page page : pages.subList(next, pages.size())) {
      if (page.slot == null) {
        page.slot = enclave.vaPages.takeFirst();
      }
      long slot = enclave.address(page.slot);
      steps.add(new Step.Encls(Encls.ewb(enclave.address(page.frame), slot)));
    }
    return steps;
  }

  /** Books what was written and climbs to the next rung where an EWB said NOT_TRACKED. */
  private void written(List<StepResult> results) {
    for (StepResult result : results) {
      StepResult.Leaf leaf = (StepResult.Leaf) result;
      if (leaf.evicted() != null) {
        out(pages.get(next), leaf.evicted());
        next++;
        tracked = tracksEarly;
        interrupted = false;
        if (!leaf.result().isOk()) {
          fail(leaf);
        }
      } else if (isNotTracked(leaf.result()) && !tracked) {
        tracked = true;
        flow.run(Burst.of(new Step.Encls(Encls.etrack(enclave.secsAddress()))), ran -> writeOn());
        return;
      } else if (isNotTracked(leaf.result()) && !interrupted) {
        interrupted = true;
        interruptCores();
        return;
      } else {
        fail(leaf);
        lost(pages.get(next));
        next++;
      }
    }
    writeOn();
  }

  private void interruptCores() {
    flow.run(
        Burst.of(Step.software(Work.IPI)),
        ran ->
            enclave
                .services
                .scheduler()
                .tell(
                    new SchedulerMessage.Shootdown(
                        enclave.mappings.pids(),
                        enclave.calls.<SchedulerMessage.Acknowledged>expect(all -> writeOn()),
                        enclave.self)));
  }

  private static boolean isNotTracked(LeafResult result) {
    return result.status() == Status.CODE && result.code() == SgxCode.NOT_TRACKED;
  }

  private void out(Page page, EvictedPage written) {
    enclave.backing.write(enclave.pages.index(page.address), written);
    emptied.pages.add(page.frame);
    page.frame = -1;
    page.reserved = false;
    enclave.resident--;
    enclave.evictions++;
    enclave.touched(page);
  }

  /**
   * A page that EWB refused: v5 has killed the enclave and, with B-26, mainline with B-76, gives
   * the frame to the pool as it is; otherwise it stays with the enclave until that goes.
   */
  private void lost(Page page) {
    Bugs bugs = enclave.services.config().bugs();
    boolean given = bugs.has(tracksEarly ? Bugs.FREE_WITHOUT_EREMOVE : Bugs.FREE_AFTER_FAILED_EWB);
    if (given) {
      emptied.pages.add(page.frame);
      page.frame = -1;
      enclave.resident--;
    }
    stays(page);
  }

  /** The page is not out: the slot that it was given for that is free again. */
  private void stays(Page page) {
    if (!enclave.slotAtAdd() && page.slot != null) {
      enclave.vaPages.giveBack(page.slot);
      page.slot = null;
    }
    page.reserved = false;
    enclave.touched(page);
  }

  private void leaveUnwritten() {
    pages.forEach(this::stays);
    then.run();
  }

  private static boolean isOk(StepResult result) {
    return !(result instanceof StepResult.Leaf leaf) || leaf.result().isOk();
  }

  /** v5 kills the enclave; mainline with B-76 only warns. */
  private void fail(StepResult result) {
    LeafResult leaf = ((StepResult.Leaf) result).result();
    emptied.result = CallResult.failed(Errno.EIO, "eviction: " + leaf.describe());
    boolean warnsOnly =
        !tracksEarly && enclave.services.config().bugs().has(Bugs.FREE_AFTER_FAILED_EWB);
    if (!warnsOnly) {
      enclave.kill();
    }
  }

  /** The SECS needs neither EBLOCK nor ETRACK, but may go only when it has no child left. */
  private void evictSecs() {
    boolean mayGo = enclave.resident == 0 && enclave.initialized && !enclave.dead;
    if (!mayGo || enclave.secsFrame < 0 || pages.isEmpty()) {
      evictVersionArrays();
      return;
    }
    if (enclave.secsSlot == null) {
      enclave.secsSlot = enclave.vaPages.takeFirst();
    }
    flow.run(
        Burst.of(
            new Step.Encls(Encls.ewb(enclave.secsAddress(), enclave.address(enclave.secsSlot)))),
        ran -> {
          StepResult.Leaf leaf = (StepResult.Leaf) ran.last();
          if (leaf.evicted() != null) {
            enclave.backing.write(enclave.backing.secsIndex(), leaf.evicted());
            emptied.secs.add(enclave.secsFrame);
            enclave.secsFrame = -1;
            enclave.secsMoved();
            enclave.evictions++;
          } else {
            fail(leaf);
          }
          evictVersionArrays();
        });
  }

  /** No enclave keeps more version arrays in the EPC than pages (MODEL). */
  private void evictVersionArrays() {
    VaPages.VaPage victim = enclave.vaPages.victim();
    if (victim == null || enclave.vaPages.resident() <= enclave.resident) {
      then.run();
      return;
    }
    flow.run(
        Burst.of(
            Step.software(Work.RECLAIM_PAGE),
            new Step.Encls(Encls.ewb(enclave.address(victim.frame), enclave.address(victim.home)))),
        ran -> {
          StepResult.Leaf leaf = (StepResult.Leaf) ran.last();
          if (leaf.evicted() == null) {
            fail(leaf);
            then.run();
            return;
          }
          emptied.versionArrays.add(victim.frame);
          enclave.vaPages.wentOut(victim, leaf.evicted());
          enclave.evictions++;
          evictVersionArrays();
        });
  }
}
