package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.SgxCode;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cold launch (open, the launch enclave's start, the launch, exit) with a blow after its k-th
 * step, for every k: whatever was under way ends, nothing stays in use, every frame comes back.
 */
class EveryPointTest {
  private static final int CORES = 240;
  private static final int BUSY_AT_MOST = 3;

  static Stream<Arguments> kernels() {
    List<Arguments> all = new ArrayList<>();
    for (AddMode add : AddMode.values()) {
      all.add(Arguments.of(add, Bugs.fixed()));
      all.add(Arguments.of(add, Bugs.asShipped(Preset.V5)));
    }
    return all.stream();
  }

  /** What strikes a launch. */
  private interface Blow {
    void strike(Rig rig, Launch launch);
  }

  /** One process that opens the device, launches, and exits, unless it is killed. */
  private static final class Launch {
    final Rig rig;
    final Rig.Process process;
    final Rig.Pending<Returned> open;
    Rig.Pending<LaunchSequence.Outcome> launch;
    Rig.Pending<Returned> killed;
    int steps;
    boolean struck;

    Launch(Rig rig) {
      this.rig = rig;
      this.process = rig.process();
      this.open = rig.startOpen(process);
    }

    /** Runs to the end of the launch, with the blow after {@code at} steps. */
    void run(int at, Blow blow) {
      rig.runUntil(
              () -> {
                if (open.isDone() && launch == null && killed == null) {
                  launch = rig.startLaunch(process, SampleEnclaves.tiny());
                }
                if (steps == at) {
                  blow.strike(rig, this);
                  struck = true;
                }
                steps++;
                return struck && isOver();
              })
          .orThrow();
    }

    private boolean isOver() {
      return killed == null ? launch != null && launch.isDone() : killed.isDone();
    }
  }

  private static KernelConfig config(AddMode add, Bugs bugs, int cores) {
    return KernelConfig.preset(Preset.V5)
        .withMachine(MachineConfig.builder().processors(cores).build())
        .withAdd(add)
        .withBugs(bugs);
  }

  private static int stepsOfALaunch(KernelConfig config) {
    try (Rig rig = new Rig(config)) {
      Launch launch = new Launch(rig);
      launch.struck = true;
      launch.run(-1, null);
      assertThat(launch.launch.value().result().isZero()).isTrue();
      return launch.steps;
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theOwnerIsKilled(AddMode add, Bugs bugs) {
    KernelConfig config = config(add, bugs, 4);
    int all = stepsOfALaunch(config);
    try (Rig rig = new Rig(config)) {
      for (int k = 0; k < all; k++) {
        String when = "owner killed after step " + k;
        Launch launch = new Launch(rig);
        launch.run(k, (r, l) -> l.killed = r.startKill(l.process));
        if (!launch.struck) {
          rig.exit(launch.process);
        }
        AtRest.checkEmpty(rig, when);
        assertThat(launch.open.isDone()).as("open returned, " + when).isTrue();
        if (launch.launch != null) {
          assertThat(launch.launch.isDone()).as("launch returned, " + when).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theLaunchEnclaveIsKilled(AddMode add, Bugs bugs) {
    KernelConfig config = config(add, bugs, 4);
    int all = stepsOfALaunch(config);
    try (Rig rig = new Rig(config)) {
      for (int k = 0; k < all; k++) {
        String when = "launch enclave killed after step " + k;
        Launch launch = new Launch(rig);
        launch.run(k, (r, l) -> r.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW));
        assertThat(launch.launch.value().result().errno())
            .as(when)
            .isIn(null, Errno.EPIPE, Errno.ENOMEM);
        AtRest.check(rig, when);
        rig.exit(launch.process);
        AtRest.checkEmpty(rig, when);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void anotherThreadUnmapsTheEnclave(AddMode add, Bugs bugs) {
    KernelConfig config = config(add, bugs, 4);
    int all = stepsOfALaunch(config);
    try (Rig rig = new Rig(config)) {
      for (int k = 0; k < all; k++) {
        String when = "unmapped by another thread after step " + k;
        Launch launch = new Launch(rig);
        Rig.Process thread = new Rig.Process(rig.thread(launch.process), launch.process.space());
        List<Rig.Pending<Returned>> unmapped = new ArrayList<>();
        launch.run(k, (r, l) -> unmapped.add(r.startMunmap(thread, 0, Long.MAX_VALUE)));
        AtRest.check(rig, when);
        assertThat(unmapped).as(when).allMatch(Rig.Pending::isDone);
        CallResult result = launch.launch.value().result();
        assertThat(result.errno()).as(when).isIn(null, Errno.EINVAL);
        assertThat(result.value())
            .as("a dead enclave lacks pages, " + when)
            .isIn(0L, -22L, (long) SgxCode.INVALID_MEASUREMENT);
        rig.exit(launch.process);
        AtRest.checkEmpty(rig, when);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(AddMode.class)
  void theNextLeafFails(AddMode add) {
    KernelConfig config = config(add, Bugs.fixed(), 4);
    int all = stepsOfALaunch(config);
    Set<String> seen = new TreeSet<>();
    try (Rig rig = new Rig(config)) {
      for (int k = 0; k < all; k++) {
        String when = "leaf failed after step " + k;
        Launch launch = new Launch(rig);
        launch.run(
            k, (r, l) -> r.doors.cores().forEach(c -> c.tell(CoreMessage.FailNextLeaf.CONFLICT)));
        AtRest.check(rig, when);
        seen.add(launch.launch.value().result().name());
        rig.exit(launch.process);
        AtRest.check(rig, when);
      }
    }
    assertThat(seen)
        .contains("OK", "-EFAULT", "-ENOMEM", add == AddMode.DEFERRED ? "-EINVAL" : "-EIO")
        .isSubsetOf(
            "OK", "-EFAULT", "-ENOMEM", "-EINVAL", "-EIO", "-EPIPE", "SGX_INVALID_MEASUREMENT");
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theOwnerGetsASignal(AddMode add, Bugs bugs) {
    KernelConfig config = config(add, bugs, 4);
    int all = stepsOfALaunch(config);
    int interrupted = 0;
    try (Rig rig = new Rig(config)) {
      for (int k = 0; k < all; k++) {
        String when = "signal after step " + k;
        Launch launch = new Launch(rig);
        launch.run(k, (r, l) -> r.signal(l.process.task()));
        CallResult result = launch.launch.value().result();
        assertThat(result.errno()).as(when).isIn(null, Errno.EINTR);
        if (!result.isZero()) {
          interrupted++;
          assertThat(rig.launch(launch.process, SampleEnclaves.tiny()).result().toString())
              .as("the next launch, " + when)
              .isEqualTo("OK");
        }
        AtRest.check(rig, when);
        rig.exit(launch.process);
        AtRest.checkEmpty(rig, when);
      }
    }
    assertThat(interrupted).isPositive();
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theCoresAreUnplugged(AddMode add, Bugs bugs) {
    KernelConfig config = config(add, bugs, CORES);
    int all = stepsOfALaunch(config);
    for (int k = 0; k < all; ) {
      try (Rig rig = new Rig(config)) {
        for (int next = 0; k < all && next < CORES - BUSY_AT_MOST; next += BUSY_AT_MOST, k++) {
          String when = "cores in use unplugged after step " + k;
          int first = next;
          Launch launch = new Launch(rig);
          launch.run(
              k,
              (r, l) ->
                  r.doors
                      .cores()
                      .subList(first, first + BUSY_AT_MOST)
                      .forEach(core -> core.tell(CoreMessage.Unplug.NOW)));
          assertThat(launch.launch.value().result().toString()).as(when).isEqualTo("OK");
          AtRest.check(rig, when);
          rig.exit(launch.process);
          AtRest.checkEmpty(rig, when);
        }
      }
    }
  }
}
