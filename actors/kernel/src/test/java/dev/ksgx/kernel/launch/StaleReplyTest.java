package dev.ksgx.kernel.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe.Channel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What one interrupted caller costs all who come after it (B-29): 60 launches by two processes in
 * turn, of three images with weights 3 : 2 : 1 in a fixed order without rhythm. Half way everybody
 * closes the device and opens it again.
 */
class StaleReplyTest {
  private static final int LAUNCHES = 60;

  /** INIT's results before and after the device was closed by all, by name. */
  private record Outcome(
      int failedBefore, int failedAfter, Map<String, Integer> before, Map<String, Integer> after) {}

  private static List<SignedEnclave> mix() {
    List<SignedEnclave> images = new ArrayList<>();
    for (int i = 0; i < LAUNCHES / 6; i++) {
      images.addAll(Collections.nCopies(3, SampleEnclaves.tiny()));
      images.addAll(Collections.nCopies(2, SampleEnclaves.pages(5)));
      images.add(SampleEnclaves.pages(6, 1));
    }
    Collections.shuffle(images, new java.util.Random(20171113));
    return images;
  }

  private static Outcome run(Channel channel, String... bugs) {
    KernelConfig config = LaunchRig.config(channel, Bugs.of(List.of(bugs)));
    Map<String, Integer> before = new TreeMap<>();
    Map<String, Integer> after = new TreeMap<>();
    try (LaunchRig le = new LaunchRig(config)) {
      Rig.Process one = le.opened();
      Rig.Process two = le.opened();
      assertThat(le.launch(one, SampleEnclaves.tiny()).isZero()).isTrue();
      le.interrupted(one, SampleEnclaves.tiny());
      List<SignedEnclave> images = mix();
      for (int i = 0; i < LAUNCHES; i++) {
        if (i == LAUNCHES / 2) {
          le.closeAll(one, two);
          le.rig.open(one);
          le.rig.block(one.task());
          le.rig.open(two);
          le.rig.block(two.task());
          le.settle();
        }
        String result = le.launch(i % 2 == 0 ? one : two, images.get(i)).name();
        (i < LAUNCHES / 2 ? before : after).merge(result, 1, Integer::sum);
        le.later(1_000_000);
      }
    }
    return new Outcome(failed(before), failed(after), before, after);
  }

  private static int failed(Map<String, Integer> results) {
    return results.values().stream().mapToInt(Integer::intValue).sum()
        - results.getOrDefault("OK", 0);
  }

  @Test
  void throughPipesItFailsWhoeverAsksForAnotherEnclaveThanTheOneBeforeUntilTheLastClose() {
    Outcome outcome = run(Channel.PIPES, Bugs.STALE_REPLY);
    SignedEnclave previous = SampleEnclaves.tiny();
    int changes = 0;
    for (SignedEnclave image : mix().subList(0, LAUNCHES / 2)) {
      changes += image == previous ? 0 : 1;
      previous = image;
    }
    assertThat(outcome.failedBefore()).isEqualTo(changes).isEqualTo(19);
    assertThat(outcome.before()).containsOnlyKeys("OK", SgxCode.name(SgxCode.INVALID_MEASUREMENT));
    assertThat(outcome.failedAfter()).as("the pipes went with the process").isZero();
  }

  @Test
  void throughTheSlotItFailsEverybodyForGood() {
    Outcome outcome = run(Channel.SLOT, Bugs.STALE_REPLY);
    assertThat(outcome.before())
        .isEqualTo(Map.of(SgxCode.name(SgxCode.INVALID_EINITTOKEN), LAUNCHES / 2));
    assertThat(outcome.after()).as("the flags are the driver's").isEqualTo(outcome.before());
  }

  @Test
  void throughIoctlsNobodyFailsButTheOneThatWasInterrupted() {
    Outcome outcome = run(Channel.IOCTLS, Bugs.STALE_REPLY);
    assertThat(outcome.failedBefore() + outcome.failedAfter()).isZero();
  }

  @Test
  void withoutTheBugNobodyFailsThroughAnyChannel() {
    for (Channel channel : Channel.values()) {
      Outcome outcome = run(channel);
      assertThat(outcome.failedBefore() + outcome.failedAfter()).as(channel.key()).isZero();
    }
  }

  /**
   * kill -9 of a caller that still queues: it posts its request, and only then finds the signal.
   */
  @Test
  void aCallerKilledInTheQueueLeavesAStaleReplyAsWell() {
    for (Channel channel : Channel.values()) {
      KernelConfig config = LaunchRig.config(channel, Bugs.of(List.of(Bugs.STALE_REPLY)));
      try (LaunchRig le = new LaunchRig(config)) {
        Rig.Process one = le.opened();
        assertThat(le.launch(one, SampleEnclaves.tiny()).isZero()).isTrue();
        Rig.Process two = le.opened();
        var first = le.ready(one, SampleEnclaves.tiny());
        var second = le.ready(two, SampleEnclaves.pages(5));
        var served = le.duringEcall(one, first);
        var queued = le.start(two, second);
        le.rig.runUntil(() -> le.lock().waiters().size() == 1);
        var killed = le.rig.startKill(two);
        le.later(1_000);
        assertThat(queued.isDone()).as("uninterruptible").isFalse();
        assertThat(le.rig.finish(served).result().isZero()).as(channel.key()).isTrue();
        assertThat(le.rig.finish(queued).result().name()).isEqualTo("-EINTR");
        le.rig.finish(killed);
        le.settle();
        String next = le.launch(one, SampleEnclaves.pages(6)).name();
        assertThat(next)
            .as(channel.key())
            .isEqualTo(
                switch (channel) {
                  case PIPES -> SgxCode.name(SgxCode.INVALID_MEASUREMENT);
                  case SLOT -> SgxCode.name(SgxCode.INVALID_EINITTOKEN);
                  case IOCTLS -> "OK";
                });
      }
    }
  }
}
