package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.runtime.probe.MeasuringProbe;
import dev.ksgx.runtime.probe.Resource;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaunchObserverTest {
  private static final long REQUEST = 7;

  private final LaunchObserver observer = new LaunchObserver();
  private long now;
  private final MeasuringProbe probe = new MeasuringProbe(() -> now);
  private Resource lock;
  private Resource cores;

  @BeforeEach
  void resources() {
    probe.addListener(observer);
    lock = probe.resource("encl-lock-1", "encl-lock", 1);
    cores = probe.resource("cores", 4);
  }

  @Test
  void timeIsSummedByWhatItWasSpentOn() {
    observer.begin(REQUEST, 0);
    probe.serving(REQUEST, cores);
    now = 10;
    probe.waiting(REQUEST, lock, 0);
    now = 35;
    probe.serving(REQUEST, cores);
    now = 40;
    probe.done(REQUEST);
    Breakdown breakdown = observer.take(REQUEST);
    assertThat(breakdown.spent()).isEqualTo(Map.of("serve:cores", 15L, "wait:encl-lock", 25L));
    assertThat(breakdown.spentNanos()).isEqualTo(40);
    assertThat(breakdown.fromNanos()).isZero();
    assertThat(breakdown.toNanos()).isEqualTo(40);
  }

  @Test
  void whatACoreDoesIsToldByItsWorkAndTheRestAsService() {
    Resource core = probe.resource("core-0", "core", 1);
    observer.begin(REQUEST, 0);
    probe.serving(REQUEST, core);
    now = 10;
    probe.spent(REQUEST, "einit", 6);
    probe.spent(REQUEST, "wrmsr", 4);
    probe.serving(REQUEST, core);
    now = 35;
    probe.spent(REQUEST, "einit", 20);
    probe.waiting(REQUEST, lock, 0);
    now = 40;
    probe.done(REQUEST);
    Breakdown breakdown = observer.take(REQUEST);
    assertThat(breakdown.spent())
        .isEqualTo(
            Map.of("core:einit", 26L, "core:wrmsr", 4L, "serve:core", 5L, "wait:encl-lock", 5L));
    assertThat(breakdown.spentNanos()).isEqualTo(40);
    assertThat(Breakdown.coresAsOne(breakdown.spent()))
        .isEqualTo(Map.of("serve:core", 35L, "wait:encl-lock", 5L));
  }

  @Test
  void phaseLastsFromTheMarkBeforeToItsOwn() {
    observer.begin(REQUEST, 5);
    now = 15;
    probe.mark(REQUEST, "create");
    now = 18;
    probe.mark(REQUEST, "something else");
    now = 45;
    probe.mark(REQUEST, "add");
    probe.serving(REQUEST, cores);
    probe.done(REQUEST);
    assertThat(observer.take(REQUEST).phases())
        .isEqualTo(Map.of(Phase.CREATE, 10L, Phase.ADD, 30L));
  }

  /** The driver marks the end of a flush, which belongs to the adds, inside INIT. */
  @Test
  void initIsEverythingAfterTheLastAddCall() {
    observer.begin(REQUEST, 0);
    long[] at = {10, 25, 31, 38, 50};
    String[] marks = {"create", "add", "token", "add", "einit"};
    for (int i = 0; i < at.length; i++) {
      now = at[i];
      probe.mark(REQUEST, marks[i]);
    }
    probe.serving(REQUEST, cores);
    probe.done(REQUEST);
    Breakdown breakdown = observer.take(REQUEST);
    assertThat(breakdown.initNanos()).isEqualTo(50 - 25);
    assertThat(breakdown.phases().get(Phase.ADD)).isEqualTo(15 + 7);
  }

  @Test
  void requestsThatAreNoLaunchesAreIgnoredAndTakenOnesForgotten() {
    probe.serving(99, cores);
    now = 10;
    probe.done(99);
    assertThat(observer.take(99)).isSameAs(Breakdown.NONE);
    observer.begin(REQUEST, 10);
    probe.serving(REQUEST, cores);
    probe.done(REQUEST);
    observer.take(REQUEST);
    assertThat(observer.take(REQUEST)).isSameAs(Breakdown.NONE);
  }
}
