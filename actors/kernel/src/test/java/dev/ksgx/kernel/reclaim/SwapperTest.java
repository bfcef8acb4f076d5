package dev.ksgx.kernel.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Reclaim;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.SwapperMessage;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is looked at, in what order and how often, by a swapper among stand-ins. */
class SwapperTest {
  private static final int FRAMES = 1_024;
  private static final TaskRef KSGXSWAPD = new TaskRef(2, 2, TaskRef.Kind.SWAPPER);
  private static final TaskRef CREATOR = new TaskRef(9, 9, TaskRef.Kind.CREATOR);

  /** An enclave as far as the swapper sees it: old pages go, young ones stay. */
  private final class Stand {
    final int number;
    final List<Long> own = new ArrayList<>();
    final Set<Long> young = new TreeSet<>();
    ActorRef<EnclaveMessage.Request> ref;
    int isolated;
    EnclaveMessage.Isolate unanswered;
    boolean slow;

    Stand(int number) {
      this.number = number;
    }

    void receive(EnclaveMessage.Request message) {
      if (message instanceof EnclaveMessage.Isolate ask) {
        looks.add(number);
        if (slow) {
          unanswered = ask;
        } else {
          answer(ask);
        }
      } else if (message instanceof EnclaveMessage.Evict evict) {
        int freed = evict.stage() == EnclaveMessage.Stage.BLOCK ? 0 : isolated;
        stages.add(evict.stage() + " " + number);
        free += freed;
        evict.replyTo().tell(new EnclaveMessage.Evicted(evict.call(), freed, CallResult.OK));
      }
    }

    void answer(EnclaveMessage.Isolate ask) {
      List<Long> candidates = ask.pages();
      if (candidates.isEmpty()) {
        candidates = List.copyOf(own.subList(0, Math.min(ask.most(), own.size())));
        own.removeAll(candidates);
      }
      batches.add(candidates);
      List<Long> stay = candidates.stream().filter(young::remove).toList();
      isolated = candidates.size() - stay.size();
      ask.replyTo()
          .tell(new EnclaveMessage.Isolated(ask.call(), candidates.size(), isolated, stay));
    }
  }

  private final List<Integer> looks = new ArrayList<>();
  private final List<String> stages = new ArrayList<>();
  private final List<List<Long>> batches = new ArrayList<>();
  private final List<Reply> answers = new ArrayList<>();
  private int free;
  private int sleeps;
  private ActorContext<Runnable> context;
  private ActorRef<SwapperMessage.Request> swapper;
  private VirtualSystem<Runnable> system;

  private void boot(Reclaim reclaim) {
    Behavior<Runnable> root =
        Behaviors.setup(
            self -> {
              context = self;
              return Behaviors.receiveMessage(
                  what -> {
                    what.run();
                    return Behaviors.same();
                  });
            });
    system = VirtualSystem.create(root, "swapper", 1);
    Paging paging = Preset.V5.paging().withReclaim(reclaim);
    inside(
        () -> {
          ActorRef<SchedulerMessage.Request> scheduler =
              context.spawn(Behaviors.receiveMessage(this::schedule), "scheduler");
          ActorRef<EpcMessage.Request> epc =
              context.spawn(Behaviors.receiveMessage(this::manage), "epc");
          swapper =
              context.spawn(
                  Swapper.create(FRAMES, paging, Bugs.fixed(), KSGXSWAPD, scheduler, epc),
                  "swapper");
        });
  }

  private void inside(Runnable what) {
    system.tell(what);
    system.runToQuiescence().orThrow();
  }

  private Behavior<SchedulerMessage.Request> schedule(SchedulerMessage.Request message) {
    if (message instanceof SchedulerMessage.Run run) {
      List<StepResult> done = Collections.nCopies(run.burst().steps().size(), StepResult.Done.DONE);
      run.replyTo().tell(new Executed(run.call(), run.task(), 0, done, false));
    }
    return Behaviors.same();
  }

  private Behavior<EpcMessage.Request> manage(EpcMessage.Request message) {
    if (message instanceof EpcMessage.AskFree ask) {
      ask.replyTo().tell(new EpcMessage.FreeFrames(ask.call(), free));
    } else if (message instanceof EpcMessage.SwapperSleeps) {
      sleeps++;
    }
    return Behaviors.same();
  }

  private Stand enclave(int number, int pid, int pages) {
    Stand stand = new Stand(number);
    inside(
        () -> {
          stand.ref =
              context.spawn(
                  Behaviors.receiveMessage(
                      message -> {
                        stand.receive(message);
                        return Behaviors.same();
                      }),
                  "enclave-" + number);
          swapper.tell(new SwapperMessage.Register(stand.ref, pid, number));
        });
    for (int page = 0; page < pages; page++) {
      load(stand, 1_000L * number + page);
    }
    return stand;
  }

  private void load(Stand stand, long address) {
    stand.own.add(address);
    inside(() -> swapper.tell(new SwapperMessage.Track(stand.ref, address)));
  }

  private void gone(Stand stand) {
    gone(stand, new EnclaveMessage.Paging(0, 0, 0, 0, 0, 0));
  }

  private void gone(Stand stand, EnclaveMessage.Paging paging) {
    inside(
        () ->
            swapper.tell(
                new SwapperMessage.Deregister(
                    stand.ref, paging, 0, context.getSystem().ignoreRef())));
  }

  private void reclaim() {
    ask(to -> swapper.tell(new SwapperMessage.Reclaim(CREATOR, RequestId.BOOT, 1, to)));
  }

  private void ask(Consumer<ActorRef<Reply>> send) {
    inside(
        () ->
            send.accept(
                context.spawnAnonymous(
                    Behaviors.receiveMessage(
                        answer -> {
                          answers.add(answer);
                          return Behaviors.same();
                        }))));
  }

  private SwapperMessage.Reclaimed last() {
    return (SwapperMessage.Reclaimed) answers.get(answers.size() - 1);
  }

  @AfterEach
  void close() {
    system.close();
  }

  @Test
  void perProcessAProcessWithOneSmallEnclaveIsChosenAsOftenAsOneWithManyHugeOnes() {
    boot(Reclaim.PER_PROCESS);
    enclave(1, 100, 400);
    enclave(2, 100, 400);
    enclave(3, 200, 400);
    for (int i = 0; i < 8; i++) {
      reclaim();
    }
    assertThat(looks).containsExactly(1, 3, 2, 3, 1, 3, 2, 3);
  }

  @Test
  void enclavesThatPagingNeverTouchedLeaveNothingButTheirNumber() {
    boot(Reclaim.GLOBAL);
    for (int number = 1; number <= 300; number++) {
      gone(enclave(number, 100 + number % 2, 1));
    }
    gone(enclave(301, 100, 1), new EnclaveMessage.Paging(0, 0, 0, 0, 0, 1));
    ask(to -> swapper.tell(new SwapperMessage.AskShares(1, to)));
    SwapperMessage.Shares shares = (SwapperMessage.Shares) answers.get(0);
    assertThat(shares.shares()).extracting(SwapperMessage.Share::enclave).containsExactly(301L);
    assertThat(shares.untouched()).containsEntry(100, 150L).containsEntry(101, 150L);
  }

  @Test
  void perEnclaveAllTakeTurnsWhosesoeverTheyAre() {
    boot(Reclaim.PER_ENCLAVE);
    enclave(1, 100, 400);
    enclave(2, 100, 400);
    enclave(3, 200, 400);
    for (int i = 0; i < 6; i++) {
      reclaim();
    }
    assertThat(looks).containsExactly(1, 2, 3, 1, 2, 3);
    assertThat(batches).allMatch(batch -> batch.size() == 16);
  }

  @Test
  void anEnclaveWithoutPagesIsPassedOverSixteenTimesAtMost() {
    boot(Reclaim.PER_ENCLAVE);
    for (int i = 1; i <= 20; i++) {
      enclave(i, 100, 0);
    }
    enclave(21, 100, 30);
    reclaim();
    assertThat(looks).hasSize(16);
    assertThat(last().freed()).isZero();
    assertThat(last().hopeless()).as("not all were asked").isFalse();
    reclaim();
    assertThat(last().freed()).isEqualTo(16);
  }

  @Test
  void nothingToLookAtAnywhereIsHopeless() {
    boot(Reclaim.PER_PROCESS);
    reclaim();
    assertThat(last().hopeless()).isTrue();
    enclave(1, 100, 0);
    reclaim();
    assertThat(last().hopeless()).isTrue();
  }

  @Test
  void aBatchOfTheOneListMixesEnclavesAndBlocksAllBeforeItWritesTheFirst() {
    boot(Reclaim.GLOBAL);
    Stand one = enclave(1, 100, 0);
    Stand two = enclave(2, 200, 0);
    for (int i = 0; i < 20; i++) {
      load(i % 2 == 0 ? one : two, i);
    }
    reclaim();
    assertThat(batches)
        .containsExactly(
            List.of(0L, 2L, 4L, 6L, 8L, 10L, 12L, 14L), List.of(1L, 3L, 5L, 7L, 9L, 11L, 13L, 15L));
    assertThat(stages).containsExactly("BLOCK 1", "BLOCK 2", "WRITE 1", "WRITE 2");
    assertThat(last().freed()).isEqualTo(16);
  }

  @Test
  void whoIsYoungGoesToTheTailOfTheOneList() {
    boot(Reclaim.GLOBAL);
    Stand one = enclave(1, 100, 20);
    one.young.add(1_003L);
    reclaim();
    assertThat(last().freed()).isEqualTo(15);
    reclaim();
    assertThat(batches.get(1)).containsExactly(1_016L, 1_017L, 1_018L, 1_019L, 1_003L);
  }

  @Test
  void anEnclaveThatGoesLeavesNoEntryInTheOneList() {
    boot(Reclaim.GLOBAL);
    Stand one = enclave(1, 100, 40);
    enclave(2, 200, 5);
    gone(one);
    reclaim();
    assertThat(looks).containsExactly(2);
    assertThat(last().freed()).isEqualTo(5);
    reclaim();
    assertThat(last().hopeless()).as("the list is empty").isTrue();
  }

  @Test
  void pagesOfAnEnclaveOnItsWayOutAreNotAllThereIs() {
    boot(Reclaim.GLOBAL);
    Stand leaving = enclave(1, 100, 16);
    enclave(2, 200, 5);
    leaving.slow = true;
    reclaim();
    EnclaveMessage.Isolate ask = leaving.unanswered;
    inside(() -> ask.replyTo().tell(new EnclaveMessage.Isolated(ask.call(), 0, 0, List.of())));
    assertThat(last().freed()).isZero();
    assertThat(last().hopeless()).isFalse();
    reclaim();
    assertThat(last().freed()).isEqualTo(5);
  }

  @Test
  void anEnclaveThatGoesWhileAnotherOfItsBatchIsLookedAtIsNotAsked() {
    boot(Reclaim.GLOBAL);
    Stand one = enclave(1, 100, 0);
    Stand two = enclave(2, 200, 0);
    load(one, 1);
    load(two, 2);
    one.slow = true;
    reclaim();
    gone(two);
    inside(() -> one.answer(one.unanswered));
    assertThat(looks).containsExactly(1);
    assertThat(answers).as("the pass comes to its end").hasSize(1);
    assertThat(last().freed()).isEqualTo(1);
  }

  @Test
  void theSwapperStopsAtTheHighWatermarkAndSleeps() {
    boot(Reclaim.PER_PROCESS);
    enclave(1, 100, 500);
    free = 31;
    inside(() -> swapper.tell(SwapperMessage.Wake.NOW));
    assertThat(free).isEqualTo(31 + 3 * 16);
    assertThat(looks).as("passes until at least 64 are free").hasSize(3);
    assertThat(sleeps).as("at boot and now").isEqualTo(2);
  }

  private void wake() {
    inside(() -> swapper.tell(SwapperMessage.Wake.NOW));
  }

  @Test
  void withNothingToEvictTheSwapperSleeps() {
    boot(Reclaim.PER_ENCLAVE);
    free = 5;
    wake();
    assertThat(sleeps).as("at boot and now").isEqualTo(2);
  }

  @Test
  void withOneListItMayBeWokenOnlyWhileThereIsAPageAndSaysSoAtChangesAlone() {
    boot(Reclaim.GLOBAL);
    free = 5;
    Stand one = enclave(1, 100, 0);
    assertThat(sleeps).as("an empty list").isZero();
    load(one, 1);
    load(one, 2);
    assertThat(sleeps).as("once, by the first page").isEqualTo(1);
    reclaim();
    wake();
    assertThat(looks).as("its leave was older than the pass that emptied the list").hasSize(1);
    load(one, 3);
    assertThat(sleeps).isEqualTo(2);
    wake();
    assertThat(looks).as("one pass, then the list is empty below the watermark").hasSize(2);
    assertThat(sleeps).as("asleep, and not to be woken").isEqualTo(2);
  }

  @Test
  void pagesThatAPassSparesMakeTheSwapperWakeableAgain() {
    boot(Reclaim.GLOBAL);
    Stand one = enclave(1, 100, 1);
    one.young.add(1_000L);
    one.slow = true;
    reclaim();
    wake();
    assertThat(sleeps).as("the page is in the pass's hands").isEqualTo(1);
    assertThat(canReclaim()).as("it may come of something").isTrue();
    inside(() -> one.answer(one.unanswered));
    assertThat(sleeps).isEqualTo(2);
    assertThat(canReclaim()).isTrue();
    gone(one);
    assertThat(canReclaim()).isFalse();
  }

  private boolean canReclaim() {
    ask(to -> swapper.tell(new SwapperMessage.AskCanReclaim(1, to)));
    return ((SwapperMessage.CanReclaim) answers.remove(answers.size() - 1)).any();
  }
}
