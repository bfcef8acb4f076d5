package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.runtime.probe.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Four processes launch at once on few cores, and a blow strikes after every fifth step: whoever
 * was not struck launches as if nothing had happened, and nothing is left behind.
 */
class ContendedPointTest {
  private static final int STRIDE = 5;
  private static final int PROCESSES = 4;
  private static final int CORES = 8;
  private static final int IN_USE = 2;

  static Stream<Arguments> kernels() {
    List<Arguments> all = new ArrayList<>();
    for (AddMode add : AddMode.values()) {
      all.add(Arguments.of(add, Bugs.fixed()));
      all.add(Arguments.of(add, Bugs.asShipped(Preset.V5)));
    }
    return all.stream();
  }

  private static KernelConfig config(AddMode add, Bugs bugs, int cores) {
    return KernelConfig.preset(Preset.V5)
        .withMachine(MachineConfig.builder().processors(cores).build())
        .withAdd(add)
        .withBugs(bugs);
  }

  /** What strikes; hears who launches. */
  private interface Blow {
    void strike(List<Rig.Process> processes);
  }

  /** Launches of all processes at once. */
  private static final class Round {
    final List<Rig.Process> processes = new ArrayList<>();
    final List<Rig.Pending<LaunchSequence.Outcome>> launches = new ArrayList<>();
    boolean struck;

    Round(Rig rig) {
      for (int i = 0; i < PROCESSES; i++) {
        Rig.Process process = rig.process();
        rig.open(process);
        rig.block(process.task());
        processes.add(process);
      }
      for (Rig.Process process : processes) {
        launches.add(rig.startLaunch(process, SampleEnclaves.tiny()));
      }
    }

    /** Runs to the end, with the blow after {@code at} steps; false if it ended before. */
    boolean run(Rig rig, int at, Blow blow) {
      int[] steps = new int[1];
      rig.runUntil(
              () -> {
                if (steps[0]++ == at) {
                  blow.strike(processes);
                  struck = true;
                }
                return false;
              })
          .orThrow();
      return struck;
    }

    CallResult result(int process) {
      return launches.get(process).value().result();
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theOwnerOfOneIsKilled(AddMode add, Bugs bugs) {
    try (Rig rig = new Rig(config(add, bugs, IN_USE))) {
      boolean struck = true;
      for (int k = 0; struck; k += STRIDE) {
        String when = "owner killed after step " + k;
        Round round = new Round(rig);
        List<Rig.Pending<Returned>> killed = new ArrayList<>();
        struck = round.run(rig, k, who -> killed.add(rig.startKill(who.get(1))));
        for (int i = 0; i < PROCESSES; i++) {
          assertThat(round.launches.get(i).isDone()).as(when).isTrue();
          if (i == 1) {
            assertThat(round.result(i).errno()).as(when).isIn(null, Errno.EINTR);
          } else {
            assertThat(round.result(i).toString()).as(when).isEqualTo("OK");
          }
        }
        assertThat(killed).as(when).allMatch(Rig.Pending::isDone);
        AtRest.check(rig, when);
        for (int i = 0; i < PROCESSES; i++) {
          if (i != 1 || !struck) {
            rig.exit(round.processes.get(i));
          }
        }
        AtRest.checkEmpty(rig, when);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theLaunchEnclaveIsKilled(AddMode add, Bugs bugs) {
    try (Rig rig = new Rig(config(add, bugs, IN_USE))) {
      boolean struck = true;
      for (int k = 0; struck; k += STRIDE) {
        String when = "launch enclave killed after step " + k;
        Round round = new Round(rig);
        struck =
            round.run(
                rig,
                k,
                who -> rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW));
        int lost = 0;
        for (int i = 0; i < PROCESSES; i++) {
          CallResult result = round.result(i);
          assertThat(result.errno()).as(when).isIn(null, Errno.EPIPE, Errno.ENOMEM);
          lost += result.isZero() ? 0 : 1;
        }
        if (!bugs.has(Bugs.NO_LE_RESTART)) {
          assertThat(lost).as("only who was being served loses, " + when).isLessThanOrEqualTo(1);
        }
        AtRest.check(rig, when);
        round.processes.forEach(rig::exit);
        AtRest.checkEmpty(rig, when);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aCoreInUseIsUnplugged(AddMode add, Bugs bugs) {
    boolean struck = true;
    for (int k = 0; struck; ) {
      try (Rig rig = new Rig(config(add, bugs, CORES))) {
        for (int core = 0; struck && core < CORES - IN_USE; core++, k += STRIDE) {
          String when = "core " + core + " unplugged after step " + k;
          ActorRef<CoreMessage.Request> victim = rig.doors.cores().get(core);
          Round round = new Round(rig);
          struck = round.run(rig, k, who -> victim.tell(CoreMessage.Unplug.NOW));
          for (int i = 0; i < PROCESSES; i++) {
            assertThat(round.result(i).toString()).as(when).isEqualTo("OK");
          }
          AtRest.check(rig, when);
          round.processes.forEach(rig::exit);
          AtRest.checkEmpty(rig, when);
          assertThat(busy(rig)).as(when).isZero();
        }
      }
    }
  }

  static Stream<Arguments> kernelsThatGiveUp() {
    Bugs silent = Bugs.of(List.of(Bugs.SILENT_ADD_FAILURE));
    return Stream.of(AddMode.values())
        .flatMap(add -> Stream.of(Arguments.of(add, Bugs.fixed()), Arguments.of(add, silent)));
  }

  @ParameterizedTest
  @MethodSource("kernelsThatGiveUp")
  void theEpcIsTooSmallByAnyNumberOfFrames(AddMode add, Bugs bugs) {
    int enough = 11 + PROCESSES * 6;
    for (int frames = 14; frames <= enough; frames++) {
      String when = frames + " frames";
      MachineConfig machine =
          MachineConfig.builder().processors(IN_USE).epcBytes(4096L * frames).build();
      try (Rig rig = new Rig(config(add, bugs, IN_USE).withMachine(machine))) {
        Round round = new Round(rig);
        round.run(rig, -1, null);
        for (int i = 0; i < PROCESSES; i++) {
          assertThat(round.result(i).name())
              .as(when)
              .isIn("OK", "-ENOMEM", "-EPIPE", "-EINVAL", "SGX_INVALID_MEASUREMENT");
          if (frames == enough) {
            assertThat(round.result(i).isZero()).as(when).isTrue();
          }
        }
        AtRest.check(rig, when);
        round.processes.forEach(rig::exit);
        AtRest.checkEmpty(rig, when);
      }
    }
  }

  private static long busy(Rig rig) {
    return rig.system().probe().resources().stream()
        .filter(r -> r.group().equals("core"))
        .mapToLong((Resource r) -> r.holders().size())
        .sum();
  }
}
