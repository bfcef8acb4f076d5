package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.EpcMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool of free frames (driver.md 3.3, 6.1). */
class EpcManagerTest {
  private static final int FRAMES = 8;
  private static final TaskRef TASK = new TaskRef(9, 9, TaskRef.Kind.CREATOR);

  private final Rig rig =
      new Rig(
          KernelConfig.preset(Preset.V5)
              .withMachine(
                  MachineConfig.builder()
                      .section(0x8000_0000L, 4096L * FRAMES / 2)
                      .section(0x9000_0000L, 4096L * FRAMES / 2)
                      .build()));

  @AfterEach
  void close() {
    rig.close();
  }

  private EpcMessage.Allocated take(EpcMessage.Use use) {
    return rig.finish(
        rig.<EpcMessage.Allocated>ask(
            call ->
                rig.doors
                    .epc()
                    .tell(
                        new EpcMessage.Allocate(
                            TASK, rig.newRequest(), use, false, call, rig.self()))));
  }

  private void free(EpcMessage.Use use, Integer... frames) {
    rig.doors.epc().tell(new EpcMessage.Free(List.of(frames), use));
  }

  @Test
  void everyFrameOfEverySectionIsGivenOnceThenThePoolIsExhausted() {
    Set<Integer> frames = new HashSet<>();
    for (int i = 0; i < FRAMES; i++) {
      frames.add(take(EpcMessage.Use.PAGE).frame());
    }
    assertThat(frames).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
    EpcMessage.Allocated none = take(EpcMessage.Use.PAGE);
    assertThat(none.result().errno()).isEqualTo(Errno.ENOMEM);
    assertThat(none.exhausted()).isTrue();
    assertThat(rig.epc().free()).isZero();
  }

  @Test
  void theFrameFreedLastIsTakenFirst() {
    for (int i = 0; i < 5; i++) {
      take(EpcMessage.Use.PAGE);
    }
    free(EpcMessage.Use.PAGE, 1, 3, 2);
    assertThat(take(EpcMessage.Use.PAGE).frame()).isEqualTo(2);
    assertThat(take(EpcMessage.Use.PAGE).frame()).isEqualTo(3);
    assertThat(take(EpcMessage.Use.PAGE).frame()).isEqualTo(1);
    assertThat(take(EpcMessage.Use.PAGE).frame()).isEqualTo(5);
  }

  @Test
  void anEmptyPoolFullOfVersionArraysIsBeyondReclaim() {
    for (int i = 0; i < FRAMES; i++) {
      assertThat(take(EpcMessage.Use.VA).result().isZero()).as("a free frame is given").isTrue();
    }
    for (EpcMessage.Use use : EpcMessage.Use.values()) {
      EpcMessage.Allocated refused = take(use);
      assertThat(refused.result().errno()).isEqualTo(Errno.ENOMEM);
      assertThat(refused.exhausted()).as("no reclaim can help").isFalse();
    }
    free(EpcMessage.Use.VA, 0);
    assertThat(take(EpcMessage.Use.PAGE).frame()).isZero();
    free(EpcMessage.Use.VA, 1);
    free(EpcMessage.Use.VA, 2);
    assertThat(take(EpcMessage.Use.PAGE).result().isZero()).isTrue();
    assertThat(take(EpcMessage.Use.PAGE).result().isZero()).isTrue();
    assertThat(take(EpcMessage.Use.PAGE).exhausted()).as("pages could be evicted").isTrue();
  }

  @Test
  void countersTellWhatIsInUseAndWhatWasAtMost() {
    take(EpcMessage.Use.PAGE);
    int second = take(EpcMessage.Use.PAGE).frame();
    take(EpcMessage.Use.VA);
    free(EpcMessage.Use.PAGE, second);
    assertThat(rig.epc().frames()).isEqualTo(FRAMES);
    assertThat(rig.epc().free()).isEqualTo(FRAMES - 2);
    assertThat(rig.epc().peakUsed()).isEqualTo(3);
    assertThat(rig.epc().vaPages()).isEqualTo(1);
    rig.doors.epc().tell(EpcMessage.ResetPeak.NOW);
    assertThat(rig.epc().peakUsed()).isEqualTo(2);
  }
}
