package dev.ksgx.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is. */
class RunQueueTest {
  private static RunQueue.Ready ready(int tid, long sinceNanos) {
    return new RunQueue.Ready(
        new CoreMessage.Execute(
            CpuRig.task(tid),
            RequestId.BOOT,
            Burst.of(new Step.Compute(1)),
            List.of(),
            0,
            null,
            false,
            false),
        sinceNanos);
  }

  private static List<Integer> order(RunQueue queue, long nowNanos) {
    List<Integer> tids = new ArrayList<>();
    for (RunQueue.Ready next; (next = queue.poll(nowNanos)) != null; ) {
      tids.add(next.execute().task().tid());
    }
    return tids;
  }

  private static void fill(RunQueue queue) {
    queue.addPreempted(ready(1, 0));
    queue.addWoken(ready(2, 10));
    queue.addPreempted(ready(3, 20));
    queue.addWoken(ready(4, 30));
  }

  @Test
  void whoWokeUpGoesBeforeWhoWasPreempted() {
    RunQueue queue = RunQueue.wokenFirst(1_000);
    fill(queue);
    assertThat(order(queue, 40)).containsExactly(2, 4, 1, 3);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void aPreemptedTaskWhoseTurnIsOverdueGoesBeforeAllThatWokeUpLater() {
    RunQueue queue = RunQueue.wokenFirst(1_000);
    fill(queue);
    assertThat(order(queue, 1_000)).containsExactly(1, 2, 4, 3);
    fill(queue);
    assertThat(order(queue, 1_020)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void whoWokeUpRunsThoughEveryTurnIsOverdue() {
    RunQueue queue = RunQueue.wokenFirst(1_000);
    queue.addPreempted(ready(1, 0));
    queue.addWoken(ready(9, 10));
    List<Integer> order = new ArrayList<>();
    for (int turn = 1; turn <= 4; turn++) {
      order.add(queue.poll(turn * 1_000L).execute().task().tid());
      queue.addPreempted(ready(turn + 1, turn * 1_000L));
    }
    assertThat(order).contains(9);
  }

  @Test
  void firstComeFirstServedKnowsNoDifference() {
    RunQueue queue = RunQueue.firstComeFirstServed();
    fill(queue);
    assertThat(order(queue, 0)).containsExactly(1, 2, 3, 4);
    assertThat(queue.isEmpty()).isTrue();
  }
}
