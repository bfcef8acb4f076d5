package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.Scheduling;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Launching without a launch enclave: the signer's hash goes into the MSRs before each EINIT. */
class DirectLaunchTest {
  private static final SignedEnclave TINY = SampleEnclaves.tiny();

  private static KernelConfig config(Preset preset, MachineConfig.Builder machine) {
    return KernelConfig.preset(preset)
        .withLaunch(LaunchDesign.direct(MsrPolicy.ALWAYS))
        .withInterrupts(0, 0)
        .withMachine(machine.build());
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void eachAttemptWritesTheFourMsrsAndNoLaunchEnclaveStarts(Preset preset) {
    try (Rig rig = new Rig(config(preset, MachineConfig.builder().processors(1)))) {
      Rig.Process process = rig.process();
      rig.open(process);
      for (int launch = 1; launch <= 3; launch++) {
        assertThat(rig.launch(process, TINY).result().isZero()).isTrue();
        CoreMessage.Counters core = rig.cores().get(0);
        assertThat(core.einits()).isEqualTo(launch);
        assertThat(core.msrWrites()).isEqualTo(4L * launch);
      }
      Bytes signer = TINY.sigStruct().mrsigner();
      for (int word = 0; word < 4; word++) {
        long msr = rig.machine.processor(0).rdmsr(LaunchControlMsrs.LE_PUBKEY_HASH0 + word).value();
        assertThat(msr).isEqualTo(signer.u64(8 * word));
      }
      assertThat(rig.launchControl().coldStarts()).isZero();
      assertThat(rig.epc().secsPages()).as("those of the three").isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void anInterruptedAttemptWritesThemAgain(Preset preset) {
    try (Rig rig = new Rig(config(preset, MachineConfig.builder().processors(1)))) {
      Rig.Process process = rig.process();
      rig.open(process);
      var launch = rig.startLaunch(process, TINY);
      while (rig.cores().get(0).einitRetries() == 0 && !launch.isDone()) {
        rig.doors.cores().get(0).tell(CoreMessage.Interrupt.NOW);
        rig.system().runUntil(rig.system().nowNanos() + 10_000);
      }
      assertThat(rig.finish(launch).result().isZero()).isTrue();
      CoreMessage.Counters core = rig.cores().get(0);
      assertThat(core.einitRetries()).isEqualTo(1);
      assertThat(core.einits()).isEqualTo(2);
      assertThat(core.msrWrites()).isEqualTo(8);
    }
  }

  /** The launch has used up its slice, which is just long enough for a switch and the other. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void aPreemptionBetweenTheWritesAndTheirEinitIsTakenAfterIt(Preset preset) {
    KernelConfig config =
        config(preset, MachineConfig.builder().processors(1))
            .withScheduling(Scheduling.FIFO_QUANTUM, 1_200);
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      TaskRef other = rig.thread(process);
      Rig.Pending<LaunchSequence.Outcome> launch = startUntilTheThirdWrite(rig, process);
      Burst look = Burst.of(new Step.Compute(1));
      Rig.Pending<Executed> waiting =
          rig.ask(
              call ->
                  rig.doors
                      .scheduler()
                      .tell(
                          new SchedulerMessage.Run(
                              other, rig.newRequest(), look, call, rig.self())));
      CoreMessage.Counters within = rig.cores().get(0);
      assertThat(within.msrWrites()).isEqualTo(3);
      assertThat(within.einits()).isZero();
      rig.finish(waiting);
      CoreMessage.Counters after = rig.cores().get(0);
      assertThat(after.msrWrites()).isEqualTo(4);
      assertThat(after.einits()).isEqualTo(1);
      rig.block(other);
      assertThat(rig.finish(launch).result().isZero()).isTrue();
    }
  }

  /** EINIT alone on the other core would meet the hash that firmware left there. */
  @ParameterizedTest
  @EnumSource(Preset.class)
  void aCoreThatGoesBetweenTheWritesAndTheirEinitLeavesAllFiveToTheNext(Preset preset) {
    try (Rig rig = new Rig(config(preset, MachineConfig.builder().processors(2)))) {
      Rig.Process process = rig.process();
      rig.open(process);
      Rig.Pending<LaunchSequence.Outcome> launch = startUntilTheThirdWrite(rig, process);
      rig.doors.cores().get(0).tell(CoreMessage.Unplug.NOW);
      assertThat(rig.finish(launch).result().isZero()).as(launch.value().toString()).isTrue();
      CoreMessage.Counters other = rig.cores().get(1);
      assertThat(other.msrWrites()).isEqualTo(4);
      assertThat(other.einits()).isEqualTo(1);
      assertThat(rig.cores().get(0).einits()).isZero();
    }
  }

  /** Starts a launch that gets as far as to the third WRMSR of four. */
  private static Rig.Pending<LaunchSequence.Outcome> startUntilTheThirdWrite(
      Rig rig, Rig.Process process) {
    long firmware = thirdHashMsr(rig);
    Rig.Pending<LaunchSequence.Outcome> launch = rig.startLaunch(process, TINY);
    rig.runUntil(() -> thirdHashMsr(rig) != firmware);
    assertThat(launch.isDone()).isFalse();
    return launch;
  }

  private static long thirdHashMsr(Rig rig) {
    return rig.machine.processor(0).rdmsr(LaunchControlMsrs.LE_PUBKEY_HASH0 + 2).value();
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void withLockedMsrsOpenGivesEnodev(Preset preset) {
    try (Rig rig = new Rig(config(preset, MachineConfig.builder().launchControlLocked()))) {
      assertThat(rig.open(rig.process()).errno()).isEqualTo(Errno.ENODEV);
    }
  }
}
