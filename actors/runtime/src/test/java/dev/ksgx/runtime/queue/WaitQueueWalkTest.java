package dev.ksgx.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.runtime.probe.MeasuringProbe;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random walks beside a reference that is as simple as it can be: two lists, scanned. */
class WaitQueueWalkTest {
  private static final int TASKS = 12;
  private static final int STEPS = 20_000;

  private record Task(long task, boolean interruptible) implements Waiter {
    @Override
    public long request() {
      return task;
    }
  }

  /** Strict order: serve the first as long as it fits. */
  private static final class Reference {
    final int permits;
    final List<Task> line = new ArrayList<>();
    final List<Task> inside = new ArrayList<>();
    final Map<Task, Integer> wanted = new HashMap<>();

    Reference(int permits) {
      this.permits = permits;
    }

    List<Task> serve() {
      List<Task> served = new ArrayList<>();
      while (!line.isEmpty() && fits(wanted.get(line.get(0)))) {
        Task first = line.remove(0);
        inside.add(first);
        served.add(first);
      }
      return served;
    }

    private boolean fits(int more) {
      long used = inside.stream().mapToLong(wanted::get).sum();
      return used + more <= permits;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, Integer.MAX_VALUE})
  void aRandomWalkAgreesWithTheReference(int permits) {
    RandomStream chance = new RandomStreams(permits).stream("walk");
    long[] now = {0};
    MeasuringProbe probe = new MeasuringProbe(() -> now[0]);
    var resource = probe.resource("r", 1);
    WaitQueue<Task> queue =
        permits == Integer.MAX_VALUE
            ? WaitQueue.readWrite(probe, resource, TASKS)
            : WaitQueue.semaphore(probe, resource, permits, TASKS);
    Reference reference = new Reference(permits);
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      tasks.add(new Task(i + 1, i % 2 == 0));
    }
    int[] waited = {0};
    long queueIntegral = 0;
    long holdIntegral = 0;
    for (int step = 0; step < STEPS; step++) {
      long passed = chance.nextInt(5);
      now[0] += passed;
      queueIntegral += passed * reference.line.size();
      holdIntegral += passed * reference.inside.size();
      Task task = tasks.get(chance.nextInt(TASKS));
      List<Task> granted = new ArrayList<>();
      if (reference.inside.contains(task)) {
        queue.release(task, granted::add);
        reference.inside.remove(task);
        assertThat(granted).isEqualTo(reference.serve());
      } else if (reference.line.contains(task)) {
        boolean left = queue.leave(task, granted::add);
        assertThat(left).isEqualTo(task.interruptible());
        if (left) {
          reference.line.remove(task);
        }
        assertThat(granted).isEqualTo(reference.serve());
      } else {
        boolean all = chance.nextInt(4) == 0;
        boolean atOnce = all ? queue.acquireAll(task) : queue.acquire(task);
        reference.wanted.put(task, all ? permits : 1);
        reference.line.add(task);
        reference.serve();
        assertThat(atOnce).isEqualTo(reference.inside.contains(task));
        waited[0] += atOnce ? 0 : 1;
      }
      assertThat(queue.waiters()).isEqualTo(reference.line.size());
      assertThat(queue.holders()).isEqualTo(reference.inside.size());
      assertThat(probe.openWaits()).isEqualTo(reference.line.size());
      for (Task each : tasks) {
        assertThat(queue.isHeldBy(each)).isEqualTo(reference.inside.contains(each));
      }
    }
    assertThat(waited[0]).isGreaterThan(STEPS / 20);
    var statistics = resource.statistics();
    assertThat(statistics.queueNanos()).isEqualTo(queueIntegral);
    assertThat(statistics.holdNanos()).isEqualTo(holdIntegral);
    long openNanos =
        resource.waiters().stream().mapToLong(waiter -> now[0] - waiter.sinceNanos()).sum();
    assertThat(statistics.waitNanos() + openNanos)
        .as("Little: the waits sum to the integral of the queue")
        .isEqualTo(queueIntegral);
    assertThat(statistics.waits() + resource.waiters().size()).isEqualTo(waited[0]);
  }
}
