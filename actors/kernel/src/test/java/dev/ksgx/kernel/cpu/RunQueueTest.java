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
  private static RunQueue.Ready ready(int tid, long runTimeNanos) {
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
        runTimeNanos);
  }

  private static List<Integer> order(RunQueue queue) {
    List<Integer> tids = new ArrayList<>();
    for (RunQueue.Ready next; (next = queue.poll()) != null; ) {
      tids.add(next.execute().task().tid());
    }
    return tids;
  }

  private static RunQueue filled(RunQueue queue) {
    queue.add(ready(1, 500));
    queue.add(ready(2, -10));
    queue.add(ready(3, 500));
    queue.add(ready(4, 30));
    return queue;
  }

  @Test
  void whoHasRunLeastGoesFirstAndAmongEqualsWhoCameFirst() {
    RunQueue queue = filled(RunQueue.leastRunFirst());
    assertThat(queue.peek().execute().task().tid()).isEqualTo(2);
    assertThat(order(queue)).containsExactly(2, 4, 1, 3);
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.peek()).isNull();
  }

  @Test
  void firstComeFirstServedKnowsNoRunTime() {
    assertThat(order(filled(RunQueue.firstComeFirstServed()))).containsExactly(1, 2, 3, 4);
  }
}
