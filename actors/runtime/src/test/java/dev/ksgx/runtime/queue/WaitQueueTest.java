package dev.ksgx.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.ksgx.runtime.probe.IntervalKind;
import dev.ksgx.runtime.probe.MeasuringProbe;
import dev.ksgx.runtime.probe.ProbeListener;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitQueueTest {
  private record Task(long task, boolean interruptible) implements Waiter {
    @Override
    public long request() {
      return 1000 + task;
    }
  }

  private long now;
  private final MeasuringProbe probe = new MeasuringProbe(() -> now);
  private final Resource resource = probe.resource("lock", 1);
  private final List<Task> granted = new ArrayList<>();

  private final Task a = task(1);
  private final Task b = task(2);
  private final Task c = task(3);
  private final Task d = task(4);

  private static Task task(long number) {
    return new Task(number, false);
  }

  @Test
  void aMutexIsHandedOverInTheOrderOfArrival() {
    WaitQueue<Task> mutex = WaitQueue.mutex(probe, resource, 10);
    assertThat(mutex.acquire(a)).isTrue();
    assertThat(mutex.acquire(b)).isFalse();
    assertThat(mutex.acquire(c)).isFalse();
    assertThat(mutex.head()).isEqualTo(b);
    mutex.release(a, granted::add);
    assertThat(granted).containsExactly(b);
    assertThat(mutex.isHeldBy(b)).isTrue();
    mutex.release(b, granted::add);
    mutex.release(c, granted::add);
    assertThat(granted).containsExactly(b, c);
    assertThat(mutex.holders()).isZero();
  }

  @Test
  void aSemaphoreHasAsManyHoldersAsPermits() {
    WaitQueue<Task> semaphore = WaitQueue.semaphore(probe, resource, 2, 10);
    assertThat(semaphore.acquire(a)).isTrue();
    assertThat(semaphore.acquire(b)).isTrue();
    assertThat(semaphore.acquire(c)).isFalse();
    semaphore.release(a, granted::add);
    assertThat(granted).containsExactly(c);
    assertThat(semaphore.holders()).isEqualTo(2);
  }

  @Test
  void readersShareAndAWriterIsAlone() {
    WaitQueue<Task> lock = WaitQueue.readWrite(probe, resource, 10);
    assertThat(lock.acquire(a)).isTrue();
    assertThat(lock.acquire(b)).isTrue();
    assertThat(lock.acquireAll(c)).isFalse();
    lock.release(a, granted::add);
    assertThat(granted).isEmpty();
    lock.release(b, granted::add);
    assertThat(granted).containsExactly(c);
    assertThat(lock.acquire(d)).isFalse();
  }

  @Test
  void aQueuedWriterBlocksLaterReadersAndItsReleaseLetsThemAllIn() {
    WaitQueue<Task> lock = WaitQueue.readWrite(probe, resource, 10);
    lock.acquire(a);
    lock.acquireAll(b);
    assertThat(lock.acquire(c)).isFalse();
    assertThat(lock.acquire(d)).isFalse();
    assertThat(lock.tryAcquire(task(5))).isFalse();
    lock.release(a, granted::add);
    assertThat(granted).containsExactly(b);
    lock.release(b, granted::add);
    assertThat(granted).containsExactly(b, c, d);
  }

  @Test
  void aWriterThatLeavesLetsTheReadersBehindItIn() {
    WaitQueue<Task> lock = WaitQueue.readWrite(probe, resource, 10);
    Task writer = new Task(9, true);
    lock.acquire(a);
    lock.acquireAll(writer);
    lock.acquire(b);
    assertThat(lock.leave(writer, granted::add)).isTrue();
    assertThat(granted).containsExactly(b);
    assertThat(lock.waiters()).isZero();
  }

  @Test
  void anUninterruptibleWaiterCannotLeaveAndAnInterruptibleOneCan() {
    WaitQueue<Task> mutex = WaitQueue.mutex(probe, resource, 10);
    Task impatient = new Task(8, true);
    mutex.acquire(a);
    mutex.acquire(b);
    mutex.acquire(impatient);
    assertThat(mutex.leave(b, granted::add)).isFalse();
    assertThat(mutex.leave(impatient, granted::add)).isTrue();
    assertThat(mutex.leave(impatient, granted::add)).isFalse();
    assertThat(mutex.leave(a, granted::add)).as("a holder does not wait").isFalse();
    mutex.release(a, granted::add);
    assertThat(granted).containsExactly(b);
    assertThat(resource.statistics().abandoned()).isEqualTo(1);
  }

  @Test
  void moreWaitersThanTheLimitIsABugNotALongerQueue() {
    WaitQueue<Task> mutex = WaitQueue.mutex(probe, resource, 1);
    mutex.acquire(a);
    mutex.acquire(b);
    assertThatIllegalStateException()
        .isThrownBy(() -> mutex.acquire(c))
        .withMessage("more than 1 tasks wait for lock: task 3");
  }

  @Test
  void aTaskHoldsOrWaitsOnceAndOnlyAHolderReleases() {
    WaitQueue<Task> mutex = WaitQueue.mutex(probe, resource, 10);
    mutex.acquire(a);
    mutex.acquire(b);
    assertThatIllegalStateException().isThrownBy(() -> mutex.acquire(a));
    assertThatIllegalStateException().isThrownBy(() -> mutex.acquire(b));
    assertThatIllegalStateException().isThrownBy(() -> mutex.release(b, granted::add));
  }

  @Test
  void aNamedOrderServesItsLeastFirstAndEqualsByArrival() {
    WaitQueue<Task> queue =
        WaitQueue.ordered(probe, resource, 1, 10, Comparator.comparing(Task::interruptible));
    Task late = new Task(7, true);
    queue.acquire(a);
    queue.acquire(late);
    queue.acquire(b);
    queue.acquire(c);
    queue.release(a, granted::add);
    queue.release(b, granted::add);
    queue.release(c, granted::add);
    assertThat(granted).containsExactly(b, c, late);
  }

  @Test
  void tryAcquireNeverQueues() {
    WaitQueue<Task> mutex = WaitQueue.mutex(probe, resource, 10);
    assertThat(mutex.tryAcquire(a)).isTrue();
    assertThat(mutex.tryAcquire(b)).isFalse();
    assertThat(mutex.waiters()).isZero();
  }

  @Test
  void dismissAllSendsTheWaitersAwayAndKeepsTheHolder() {
    WaitQueue<Task> mutex = WaitQueue.mutex(probe, resource, 10);
    mutex.acquire(a);
    mutex.acquire(b);
    mutex.acquire(c);
    List<Task> dismissed = new ArrayList<>();
    mutex.dismissAll(dismissed::add);
    assertThat(dismissed).containsExactly(b, c);
    assertThat(mutex.isHeldBy(a)).isTrue();
    assertThat(probe.openWaits()).isZero();
  }

  @Test
  void aCallbackMayUseTheQueueAgain() {
    WaitQueue<Task> mutex = WaitQueue.mutex(probe, resource, 10);
    mutex.acquire(a);
    mutex.acquire(b);
    mutex.acquire(c);
    mutex.release(
        a,
        first -> {
          granted.add(first);
          mutex.release(first, granted::add);
        });
    assertThat(granted).containsExactly(b, c);
    assertThat(mutex.isHeldBy(c)).isTrue();
  }

  @Test
  void eachWaitIsReportedToTheProbeWithResourceAndHolder() {
    List<String> heard = new ArrayList<>();
    probe.addListener(
        new ProbeListener() {
          @Override
          public void interval(
              long request, IntervalKind kind, Resource on, long holder, long from, long to) {
            heard.add(request + " " + kind + " " + on + " by " + holder + " " + from + "-" + to);
          }
        });
    WaitQueue<Task> mutex = WaitQueue.mutex(probe, resource, 10);
    now = 10;
    mutex.acquire(a);
    now = 25;
    mutex.acquire(b);
    now = 70;
    mutex.release(a, granted::add);
    probe.done(a.request());
    now = 100;
    mutex.release(b, granted::add);
    probe.done(b.request());
    assertThat(heard)
        .containsExactly(
            "1002 WAITING lock by 1 25-70",
            "1001 SERVING lock by 0 10-70",
            "1002 SERVING lock by 0 70-100");
    assertThat(resource.statistics().waitNanos()).isEqualTo(45);
  }
}
