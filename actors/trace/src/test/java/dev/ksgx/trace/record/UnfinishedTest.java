package dev.ksgx.trace.record;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import dev.ksgx.trace.query.Blame;
import dev.ksgx.trace.query.Holder;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.query.ResourceUse;
import dev.ksgx.trace.query.Window;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is under way when a recording, or a request, ends. */
class UnfinishedTest {
  @TempDir Path folder;

  /**
   * Launch 1 (request 101) has the dock from 0 on, is over at 40 and goes at 60; launch 2 waits for
   * it from 10 on, has it then, and is over at 80. Launch 3 has the crane from 0 on, and launch 4
   * waits for that from 20 on, to the end at 100.
   */
  private TraceStore recorded(String... only) throws IOException {
    Path file = folder.resolve("unfinished-" + only.length);
    TraceOptions options = TraceOptions.everything().withOnly(Only.parse(List.of(only)));
    VirtualOptions recording = VirtualOptions.seed(1).withSink(TraceRecorder.to(file, options));
    try (var system =
        VirtualSystem.<Runnable>create(
            Behaviors.receiveMessage(
                step -> {
                  step.run();
                  return Behaviors.same();
                }),
            "harbour",
            recording)) {
      Probe probe = RuntimeExtension.get(system.system()).probe();
      Resource dock = probe.resource("dock", 1);
      Resource crane = probe.resource("crane", 1);
      step(
          system,
          0,
          () -> {
            for (int launch = 1; launch <= 4; launch++) {
              probe.begun(100 + launch, "launch", launch, 0);
            }
            serve(probe, dock, 1);
            serve(probe, crane, 3);
            probe.serving(102, crane);
            probe.serving(104, dock);
          });
      step(system, 10, () -> queue(probe, dock, 2));
      step(system, 20, () -> queue(probe, crane, 4));
      step(system, 40, () -> probe.done(101));
      step(
          system,
          60,
          () -> {
            dock.released(1);
            serve(probe, dock, 2);
          });
      step(
          system,
          80,
          () -> {
            dock.released(2);
            probe.done(102);
          });
      step(system, 100, () -> {});
    }
    return TraceStore.open(file, Progress.NONE);
  }

  private static void step(VirtualSystem<Runnable> system, long atNanos, Runnable what) {
    system.clock().tellAt(atNanos, system.system(), what);
    system.runUntil(atNanos, () -> false);
  }

  private static void serve(Probe probe, Resource resource, int launch) {
    resource.acquired(launch, 100 + launch);
    probe.serving(100 + launch, resource);
  }

  private static void queue(Probe probe, Resource resource, int launch) {
    resource.queued(launch, 100 + launch);
    probe.waiting(100 + launch, resource, 0);
  }

  private static List<String> crane(TraceStore store) {
    return store.list(
        "select task || ' ' || queued || ' ' || start || ' ' || stop || ' ' || open from holds"
            + " where resource = 'crane' order by task",
        row -> row.getString(1));
  }

  @Test
  void whoHoldsOrStillWaitsAtTheEndIsToldOf() throws IOException {
    try (TraceStore store = recorded()) {
      assertThat(crane(store)).containsExactly("3 0 0 100 1", "4 20 100 100 1");
    }
  }

  @Test
  void theTimelineOfALaunchUnderWayGoesOnToTheEnd() throws IOException {
    try (TraceStore store = recorded()) {
      assertThat(
              store.list(
                  "select kind || ' ' || resource || ' ' || start || ' ' || stop from spans"
                      + " where request = 104 order by start",
                  row -> row.getString(1)))
          .containsExactly("serve dock 0 20", "wait crane 20 100");
    }
  }

  @Test
  void aWaitThatIsNotOverCountsForTheQueue() throws IOException {
    try (TraceStore store = recorded()) {
      ResourceUse crane =
          ResourceUse.of(store, Window.whole(store, 5)).stream()
              .filter(use -> use.group().equals("crane"))
              .findFirst()
              .orElseThrow();
      assertThat(crane.queues()).containsExactly(0, 1, 1, 1, 1);
      assertThat(crane.waiting()).isEqualTo(1);
      assertThat(crane.grants()).as("of launch 3").isEqualTo(1);
      assertThat(crane.waitNanos()).isZero();
      assertThat(crane.queuedNanos()).isEqualTo(80);
    }
  }

  @Test
  void theHolderOfWhatALaunchWaitedForHasItsNameThoughItWasOverBefore() throws IOException {
    try (TraceStore store = recorded("launch=2")) {
      Request second = new Requests(store).numbered(2).orElseThrow();
      assertThat(new Blame(store).path(second).get(1).holders())
          .containsExactly(new Holder(1, "launch 1", 50));
    }
  }

  @Test
  void ofALaunchThatIsNotAskedForNoWaitIsKept() throws IOException {
    try (TraceStore store = recorded("launch=2")) {
      assertThat(crane(store)).containsExactly("3 0 0 100 1");
    }
  }
}
