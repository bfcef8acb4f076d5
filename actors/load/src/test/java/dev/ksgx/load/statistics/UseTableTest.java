package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.runtime.probe.MeasuringProbe;
import dev.ksgx.runtime.probe.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;

class UseTableTest {
  private long now;
  private final MeasuringProbe probe = new MeasuringProbe(() -> now);

  @Test
  void poolCountsAsOneResourceAndItsCoresAreNoRow() {
    Resource pool = probe.resource("cores", "cores", 2);
    Resource core = probe.resource("core-0", "core", 1);
    probe.resource("core-1", "core", 1);
    pool.acquired(1, 0);
    core.acquired(1, 0);
    now = 100;
    List<Use> rows = UseTable.of(probe, 100);
    assertThat(rows).extracting(Use::resource).containsExactly("cores");
    assertThat(rows.get(0).utilisation()).isEqualTo(0.5);
    assertThat(UseTable.coresBusyNanos(probe)).containsExactly(100L, 0L);
  }

  @Test
  void locksOfOneKindAreJudgedByTheBusiest() {
    Resource busy = probe.resource("mmap-lock-1", "mmap-lock", 1);
    probe.resource("mmap-lock-2", "mmap-lock", 1);
    busy.acquired(1, 0);
    now = 60;
    busy.released(1);
    now = 100;
    Use row = UseTable.of(probe, 100).get(0);
    assertThat(row.utilisation()).isEqualTo(0.6);
    assertThat(row.shared()).isTrue();
    assertThat(row.members()).isEqualTo(2);
  }

  @Test
  void queueIsThatOfAllMembersAndWaitIsAveragedOverAllGrants() {
    Resource lock = probe.resource("launch-enclave", 1);
    lock.acquired(1, 0);
    now = 20;
    lock.queued(2, 0);
    now = 50;
    lock.released(1);
    lock.acquired(2, 0);
    now = 100;
    Use row = UseTable.of(probe, 100).get(0);
    assertThat(row.meanQueue()).isEqualTo(0.3);
    assertThat(row.maxQueue()).isEqualTo(1);
    assertThat(row.served()).isEqualTo(2);
    assertThat(row.waitNanos()).isEqualTo(15);
  }

  @Test
  void locksThatComeAndGoStandLastHoweverBusy() {
    Resource shared = probe.resource("launch-enclave", 1);
    shared.acquired(1, 0);
    shared.released(1);
    now = 90;
    Resource lock = probe.resource("encl-lock-1", "encl-lock", 1);
    lock.acquired(1, 0);
    now = 100;
    lock.released(1);
    probe.remove(lock);
    List<Use> rows = UseTable.of(probe, 100);
    assertThat(rows).extracting(Use::resource).containsExactly("launch-enclave", "encl-lock");
    assertThat(rows.get(1).utilisation()).isEqualTo(1);
    assertThat(rows.get(1).shared()).isFalse();
  }
}
