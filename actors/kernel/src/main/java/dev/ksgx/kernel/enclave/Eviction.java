package dev.ksgx.kernel.enclave;

import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The second half of a reclaim pass: what was set aside is unmapped, blocked and written out; the
 * SECS goes last, once no page of the enclave is left; full version arrays go where they are paged
 * and outnumber the pages.
 */
final class Eviction {
  /** Frames that a pass has emptied, by what was in them. */
  static final class Emptied {
    final List<Integer> pages = new ArrayList<>();
    final List<Integer> versionArrays = new ArrayList<>();
    final List<Integer> secs = new ArrayList<>();

    /** Why the enclave could not go on, or OK. */
    CallResult result = CallResult.OK;

    int count() {
      return pages.size() + versionArrays.size() + secs.size();
    }
  }

  private final EnclaveState enclave;
  private final Isolation isolation;
  private final MmapLocks mmapLocks;

  Eviction(EnclaveState enclave, Isolation isolation, MmapLocks mmapLocks) {
    this.enclave = enclave;
    this.isolation = isolation;
    this.mmapLocks = mmapLocks;
  }

  /** Run one stage, then go on with its answer. */
  void run(EnclaveMessage.Evict ask, Flow flow, Consumer<EnclaveMessage.Evicted> then) {
    if (ask.stage() == EnclaveMessage.Stage.BLOCK) {
      block(ask, flow, then);
    } else {
      write(ask, flow, then);
    }
  }

  /** Mainline: the page tables under their locks, then EBLOCK under the enclave's. */
  private void block(EnclaveMessage.Evict ask, Flow flow, Consumer<EnclaveMessage.Evicted> then) {
    List<Page> pages = isolation.aside(flow);
    mmapLocks.forEach(
        flow,
        mapping -> pages.forEach(page -> mapping.table().unmap(page.address)),
        () ->
            enclave.lock.acquire(
                flow,
                () ->
                    ladder(flow, pages)
                        .block(
                            result -> {
                              enclave.lock.release(flow);
                              then.accept(new EnclaveMessage.Evicted(ask.call(), 0, result));
                            })));
  }

  private void write(EnclaveMessage.Evict ask, Flow flow, Consumer<EnclaveMessage.Evicted> then) {
    List<Page> pages = isolation.takeAside(flow);
    EvictionLadder ladder = ladder(flow, pages);
    Runnable end =
        () -> {
          Emptied emptied = ladder.emptied();
          giveBack(EpcMessage.Use.PAGE, emptied.pages);
          giveBack(EpcMessage.Use.VA, emptied.versionArrays);
          giveBack(EpcMessage.Use.SECS, emptied.secs);
          enclave.lock.release(flow);
          isolation.unlockMmap(flow);
          then.accept(new EnclaveMessage.Evicted(ask.call(), emptied.count(), emptied.result));
        };
    enclave.lock.acquire(
        flow,
        () -> {
          if (ask.stage() == EnclaveMessage.Stage.BLOCK_AND_WRITE) {
            pages.forEach(page -> enclave.mappings.zap(page.address));
            ladder.blockAndWrite(end);
          } else {
            ladder.write(end);
          }
        });
  }

  private EvictionLadder ladder(Flow flow, List<Page> pages) {
    return new EvictionLadder(enclave, flow, pages);
  }

  private void giveBack(EpcMessage.Use use, List<Integer> frames) {
    if (!frames.isEmpty()) {
      enclave.services.epc().tell(new EpcMessage.Free(frames, use));
    }
  }
}
