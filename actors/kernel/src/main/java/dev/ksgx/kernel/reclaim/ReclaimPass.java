package dev.ksgx.kernel.reclaim;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One reclaim pass of a task: choose, look, and evict what is old, of one enclave or of several
 * (driver.md 6.3). Where a batch mixes enclaves, all are blocked before the first is written.
 */
final class ReclaimPass {
  /**
   * How a pass went.
   *
   * @param signalPending a signal waits for the task: nothing was looked at
   * @param candidates whether any enclave or page was named at all
   * @param looked pages looked at
   * @param freed frames given back
   */
  record Outcome(boolean signalPending, boolean candidates, int looked, int freed) {}

  private static final Burst ENTRY = Burst.of(Step.software(Work.RECLAIM_ENTRY));

  private final VictimPolicy policy;
  private final Flow flow;
  private final Calls calls;
  private final ActorRef<Reply> self;
  private final Consumer<Tenant> onEmpty;
  private final boolean mixes;
  private final List<Tenant> isolated = new ArrayList<>();
  private boolean candidates;
  private boolean holdsPages;
  private int tries;
  private int looked;
  private int freed;
  private Consumer<Outcome> then;

  /**
   * @param mixes batches are of several enclaves
   * @param onEmpty hears of each enclave that had no page to look at
   */
  ReclaimPass(
      VictimPolicy policy,
      boolean mixes,
      Flow flow,
      Calls calls,
      ActorRef<Reply> self,
      Consumer<Tenant> onEmpty) {
    this.policy = policy;
    this.mixes = mixes;
    this.flow = flow;
    this.calls = calls;
    this.self = self;
    this.onEmpty = onEmpty;
  }

  /** Whether it has pages in hand, so that frames may come of it. */
  boolean holdsPages() {
    return holdsPages;
  }

  void run(Consumer<Outcome> then) {
    this.then = then;
    flow.run(
        ENTRY,
        ran -> {
          if (ran.signalPending()) {
            then.accept(new Outcome(true, false, 0, 0));
          } else {
            choose();
          }
        });
  }

  private void choose() {
    tries++;
    List<VictimPolicy.Portion> portions = policy.next();
    candidates |= !portions.isEmpty();
    holdsPages |= mixes && candidates;
    isolate(portions, 0);
  }

  private void isolate(List<VictimPolicy.Portion> portions, int index) {
    if (index == portions.size()) {
      if (looked == 0 && tries < policy.tries() && !portions.isEmpty()) {
        choose();
      } else if (mixes) {
        evict(EnclaveMessage.Stage.BLOCK, 0);
      } else {
        evict(EnclaveMessage.Stage.BLOCK_AND_WRITE, 0);
      }
      return;
    }
    VictimPolicy.Portion portion = portions.get(index);
    Tenant tenant = portion.tenant();
    if (tenant.gone) {
      // while this pass looked at the ones before: nobody would answer
      isolate(portions, index + 1);
      return;
    }
    long call =
        calls.<EnclaveMessage.Isolated>expect(
            answer -> {
              looked += answer.looked();
              if (answer.looked() == 0) {
                onEmpty.accept(tenant);
              }
              if (!tenant.gone) {
                policy.spared(tenant, answer.young());
              }
              if (answer.isolated() > 0) {
                holdsPages = true;
                isolated.add(tenant);
              }
              isolate(portions, index + 1);
            });
    tenant.enclave.tell(
        new EnclaveMessage.Isolate(
            flow.task(), flow.request(), portion.pages(), Paging.BATCH, call, self));
  }

  private void evict(EnclaveMessage.Stage stage, int index) {
    if (index == isolated.size()) {
      if (stage == EnclaveMessage.Stage.BLOCK) {
        evict(EnclaveMessage.Stage.WRITE, 0);
      } else {
        then.accept(new Outcome(false, candidates, looked, freed));
      }
      return;
    }
    Tenant tenant = isolated.get(index);
    long call =
        calls.<EnclaveMessage.Evicted>expect(
            answer -> {
              freed += answer.freed();
              evict(stage, index + 1);
            });
    tenant.enclave.tell(new EnclaveMessage.Evict(flow.task(), flow.request(), stage, call, self));
  }
}
