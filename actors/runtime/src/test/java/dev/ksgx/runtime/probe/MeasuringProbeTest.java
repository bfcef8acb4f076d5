package dev.ksgx.runtime.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuringProbeTest {
  private long now;
  private final MeasuringProbe probe = new MeasuringProbe(() -> now);

  @Test
  void theIntervalsOfARequestAbutAndSumToItsLatencyExactly() {
    RandomStream chance = new RandomStreams(3).stream("walk");
    List<Resource> resources = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      resources.add(probe.resource("r" + i, 1));
    }
    Map<Long, Long> began = new HashMap<>();
    Map<Long, Long> reached = new HashMap<>();
    Map<Long, Long> sums = new HashMap<>();
    int[] done = {0};
    probe.addListener(
        new ProbeListener() {
          @Override
          public void interval(
              long request, IntervalKind kind, Resource on, long holder, long from, long to) {
            assertThat(from).isEqualTo(reached.getOrDefault(request, began.get(request)));
            assertThat(to).isEqualTo(now);
            reached.put(request, to);
            sums.merge(request, to - from, Long::sum);
          }

          @Override
          public void done(long request, long from, long to) {
            assertThat(from).isEqualTo(began.remove(request));
            assertThat(sums.remove(request)).isEqualTo(to - from);
            reached.remove(request);
            done[0]++;
          }
        });
    for (int step = 0; step < 50_000; step++) {
      now += chance.nextInt(3);
      long request = 1 + chance.nextInt(20);
      Resource resource = resources.get(chance.nextInt(5));
      switch (chance.nextInt(5)) {
        case 0 -> probe.done(request);
        case 1, 2 -> {
          began.putIfAbsent(request, now);
          probe.waiting(request, resource, 7);
        }
        default -> {
          began.putIfAbsent(request, now);
          probe.serving(request, resource);
        }
      }
      assertThat(probe.openRequests()).isEqualTo(began.size());
    }
    assertThat(done[0]).isGreaterThan(5_000);
  }

  @Test
  void partsAreToldOfAServingIntervalThatIsOpenAndNeverOfMoreThanIt() {
    Resource core = probe.resource("core-0", "core", 1);
    List<String> told = new ArrayList<>();
    probe.addListener(
        new ProbeListener() {
          @Override
          public void spent(long request, Resource resource, String label, long nanos) {
            told.add(request + " " + resource.name() + " " + label + " " + nanos);
          }
        });
    probe.spent(0, "einit", 1);
    probe.spent(5, "einit", 1);
    probe.serving(5, core);
    now = 10;
    probe.spent(5, "einit", 6);
    probe.spent(5, "wrmsr", 4);
    assertThatIllegalStateException()
        .isThrownBy(() -> probe.spent(5, "einit", 1))
        .withMessageContaining("request 5");
    probe.serving(5, core);
    now = 12;
    probe.spent(5, "einit", 2);
    probe.waiting(5, core, 0);
    now = 20;
    assertThatIllegalStateException().isThrownBy(() -> probe.spent(5, "einit", 1));
    assertThat(told).containsExactly("5 core-0 einit 6", "5 core-0 wrmsr 4", "5 core-0 einit 2");
  }

  @Test
  void requestZeroIsNobodys() {
    probe.serving(0, probe.resource("core-0", 1));
    assertThat(probe.openRequests()).isZero();
  }

  @Test
  void utilisationAndQueueAreTimeIntegrals() {
    Resource pair = probe.resource("pair", 2);
    pair.acquired(1, 0);
    now = 10;
    pair.acquired(2, 0);
    pair.queued(3, 0);
    pair.queued(4, 0);
    now = 30;
    pair.released(1);
    pair.acquired(3, 0);
    now = 40;
    ResourceStatistics figures = pair.statistics();
    assertThat(figures.busyNanos()).isEqualTo(10 + 2 * 30);
    assertThat(figures.utilisation()).isCloseTo(70 / 80.0, within(1e-12));
    assertThat(figures.queueNanos()).isEqualTo(2 * 20 + 10);
    assertThat(figures.meanQueue()).isCloseTo(50 / 40.0, within(1e-12));
    assertThat(figures.maxQueue()).isEqualTo(2);
    assertThat(figures.waits()).isEqualTo(1);
    assertThat(figures.meanWaitNanos()).isEqualTo(20);
    assertThat(figures.acquisitions()).isEqualTo(3);
  }

  @Test
  void holdersBeyondTheCapacityCountAsBusyOnce() {
    Resource lock = probe.resource("mmap-lock", 1);
    lock.acquired(1, 0);
    lock.acquired(2, 0);
    now = 10;
    assertThat(lock.statistics().utilisation()).isEqualTo(1);
    assertThat(lock.statistics().holdNanos()).isEqualTo(20);
  }

  @Test
  void aResetStartsTheStatisticsAnewFromThePresentState() {
    Resource lock = probe.resource("lock", 1);
    Level frames = probe.level("frames");
    Resource gone = probe.resource("gone", "family", 1);
    gone.acquired(1, 0);
    lock.acquired(1, 0);
    lock.queued(2, 0);
    lock.queued(3, 0);
    frames.set(8);
    now = 100;
    gone.released(1);
    probe.remove(gone);
    lock.left(3);
    frames.set(2);
    probe.resetStatistics();
    now = 150;
    frames.add(2);
    lock.released(1);
    lock.acquired(2, 0);
    now = 200;
    assertThat(lock.statistics().elapsedNanos()).isEqualTo(100);
    assertThat(lock.statistics().maxQueue()).isEqualTo(1);
    assertThat(lock.statistics().queueNanos()).isEqualTo(50);
    assertThat(lock.statistics().waitNanos()).as("a wait counts whole").isEqualTo(150);
    assertThat(lock.statistics().abandoned()).isZero();
    assertThat(frames.mean()).isEqualTo(3);
    assertThat(frames.max()).isEqualTo(4);
    assertThat(frames.min()).isEqualTo(2);
    assertThat(probe.groups())
        .filteredOn(group -> group.name().equals("family"))
        .singleElement()
        .satisfies(group -> assertThat(group.busyNanos()).isZero());
  }

  @Test
  void queueAndHoldsAreTheSameByPopulationAndByTaskWhereverTheWindowBegins() {
    RandomStream chance = new RandomStreams(11).stream("walk");
    Resource resource = probe.resource("lock", 2);
    List<Long> waiting = new ArrayList<>();
    List<Long> holding = new ArrayList<>();
    long next = 0;
    for (int step = 0; step < 20_000; step++) {
      now += chance.nextInt(4);
      switch (chance.nextInt(5)) {
        case 0 -> {
          resource.queued(++next, 0);
          waiting.add(next);
        }
        case 1 -> {
          if (!waiting.isEmpty()) {
            long task = waiting.remove(chance.nextInt(waiting.size()));
            resource.acquired(task, 0);
            holding.add(task);
          }
        }
        case 2 -> {
          if (!holding.isEmpty()) {
            resource.released(holding.remove(chance.nextInt(holding.size())));
          }
        }
        case 3 -> {
          if (!waiting.isEmpty()) {
            resource.left(waiting.remove(chance.nextInt(waiting.size())));
          }
        }
        default -> {
          if (chance.nextInt(100) == 0) {
            probe.resetStatistics();
          }
        }
      }
      ResourceStatistics account = resource.statistics();
      assertThat(account.waitedNanos()).isEqualTo(account.queueNanos());
      assertThat(account.heldNanos()).isEqualTo(account.holdNanos());
    }
    assertThat(next).isGreaterThan(1_000);
  }

  @Test
  void aRemovedResourceLivesOnInItsGroupOnly() {
    for (int i = 0; i < 3; i++) {
      Resource lock = probe.resource("encl-lock-" + i, "encl-lock", 1);
      lock.acquired(1, 0);
      lock.queued(2, 0);
      now += 10;
      lock.released(1);
      lock.acquired(2, 0);
      lock.released(2);
      if (i < 2) {
        probe.remove(lock);
      }
    }
    assertThat(probe.resources()).extracting(Resource::name).containsExactly("encl-lock-2");
    ResourceStatistics group = probe.groups().get(0);
    assertThat(group.name()).isEqualTo("encl-lock");
    assertThat(group.resources()).isEqualTo(3);
    assertThat(group.waitNanos()).isEqualTo(30);
    assertThat(group.utilisation()).isEqualTo(1);
    probe.resource("encl-lock-0", "encl-lock", 1);
  }

  @Test
  void aResourceInUseCannotBeRemovedAndANameIsUsedOnce() {
    Resource lock = probe.resource("lock", 1);
    lock.acquired(1, 0);
    assertThatIllegalStateException().isThrownBy(() -> probe.remove(lock));
    assertThatIllegalArgumentException().isThrownBy(() -> probe.resource("lock", 1));
  }

  @Test
  void theWaitReportSaysWhoWaitsForWhatHeldByWhom() {
    Resource first = probe.resource("first", 1);
    Resource second = probe.resource("second", 1);
    first.acquired(1, 11);
    second.acquired(2, 0);
    now = 5;
    first.queued(2, 0);
    second.queued(1, 11);
    assertThat(probe.openWaits()).isEqualTo(2);
    assertThat(probe.waitReport())
        .isEqualTo(
            """
            task 2 waits for first since 5 ns, held by task 1
            task 1 (request 11) waits for second since 5 ns, held by task 2
            """);
  }

  @Test
  void marksReachTheListeners() {
    List<String> heard = new ArrayList<>();
    probe.addListener(
        new ProbeListener() {
          @Override
          public void mark(long request, String label, long at) {
            heard.add(request + " " + label + " " + at);
          }
        });
    now = 4;
    probe.mark(9, "einit");
    assertThat(heard).containsExactly("9 einit 4");
  }

  @Test
  void aProbeThatIsOffTakesEveryCallAndCountsNothing() {
    Probe off = Probe.off();
    Resource resource = off.resource("r", 1);
    resource.queued(1, 1);
    resource.acquired(1, 1);
    off.waiting(1, resource, 0);
    off.serving(1, resource);
    off.done(1);
    Level level = off.level("l");
    level.set(5);
    assertThat(level.value()).isZero();
    assertThat(level.mean()).isZero();
    assertThat(resource.statistics().acquisitions()).isZero();
    assertThat(off.resources()).isEmpty();
    assertThat(off.openWaits()).isZero();
    off.remove(resource);
    off.resetStatistics();
  }

  @Test
  void aStateTellsItsChangesAlone() {
    List<String> told = new ArrayList<>();
    probe.addListener(
        new ProbeListener() {
          @Override
          public void state(State state, long atNanos) {
            String value = state.value() == null ? "" + state.number() : state.value();
            told.add(state.name() + " " + (state.isKnown() ? value : "over") + " at " + atNanos);
          }
        });
    State state = probe.state("life");
    state.end();
    state.set("young");
    now = 5;
    state.set("young");
    state.set(0);
    state.set(0);
    now = 7;
    state.set(3);
    state.set("young");
    state.end();
    state.end();
    state.set("young");
    assertThat(told)
        .containsExactly(
            "life young at 0",
            "life 0 at 5",
            "life 3 at 7",
            "life young at 7",
            "life over at 7",
            "life young at 7");
  }

  @Test
  void whereNothingIsMeasuredAStateIsNeverKnown() {
    State state = Probe.off().state("life");
    state.set("young");
    state.set(3);
    state.end();
    assertThat(state.isKnown()).isFalse();
    assertThat(Probe.off().state("other")).isSameAs(state);
  }
}
