package dev.ksgx.runtime.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What listeners hear of holds, levels and the names of requests. */
class HoldsTest {
  private final long[] now = {0};
  private final List<String> heard = new ArrayList<>();
  private final MeasuringProbe probe = new MeasuringProbe(() -> now[0]);

  HoldsTest() {
    probe.addListener(
        new ProbeListener() {
          @Override
          public void held(
              Resource resource, long task, long request, long queued, long from, long to) {
            heard.add(
                resource + " " + task + " for " + request + ": " + queued + " " + from + "-" + to);
          }

          @Override
          public void level(Level level, long value, long at) {
            heard.add(level.name() + " " + value + " at " + at);
          }

          @Override
          public void begun(long request, String kind, long number, long planned) {
            heard.add(kind + " " + number + " is " + request + " of " + planned);
          }
        });
  }

  @Test
  void aHoldIsToldWhenItEndsWithItsWaitBefore() {
    Resource lock = probe.resource("lock", 1);
    lock.acquired(1, 11);
    now[0] = 5;
    lock.queued(2, 12);
    now[0] = 8;
    lock.released(1);
    lock.acquired(2, 12);
    assertThat(heard).containsExactly("lock 1 for 11: 0 0-8");
    now[0] = 9;
    lock.released(2);
    assertThat(heard).endsWith("lock 2 for 12: 5 8-9");
  }

  @Test
  void aLevelIsToldWhenItChanges() {
    Level level = probe.level("free");
    level.set(3);
    now[0] = 4;
    level.set(3);
    level.add(-1);
    assertThat(heard).containsExactly("free 3 at 0", "free 2 at 4");
  }

  @Test
  void aRequestIsToldByItsName() {
    probe.begun(77, "launch", 17, 4);
    assertThat(heard).containsExactly("launch 17 is 77 of 4");
  }
}
