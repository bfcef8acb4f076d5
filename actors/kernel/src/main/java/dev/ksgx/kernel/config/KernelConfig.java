package dev.ksgx.kernel.config;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.cost.CostModel;
import java.util.function.Consumer;

/**
 * What one kernel and its machine are built from. Immutable; {@code withX} gives a changed copy.
 *
 * @param preset historical bundle that the choices started from
 * @param machine hardware
 * @param ghz frequency of every core
 * @param costs cycles of everything
 * @param timerHz timer interrupts per second and core
 * @param deviceInterruptsPerSecond mean rate of other interrupts per core (Poisson)
 * @param interruptBursts when those come
 * @param launch how enclaves get past launch control
 * @param add when EADD runs
 * @param paging what happens when the EPC is full
 * @param ioctls what system calls check and return
 * @param bugs historical bugs that the driver has
 * @param scheduling how tasks get cores
 * @param sliceNanos how long a task may keep a core that others want
 * @param migration probability that a task that wakes up goes to another idle core than its last
 */
public record KernelConfig(
    Preset preset,
    MachineConfig machine,
    double ghz,
    CostModel costs,
    int timerHz,
    double deviceInterruptsPerSecond,
    InterruptBursts interruptBursts,
    LaunchDesign launch,
    AddMode add,
    Paging paging,
    IoctlGeneration ioctls,
    Bugs bugs,
    Scheduling scheduling,
    long sliceNanos,
    double migration) {

  /** Slice of CFS on a few cores: sysctl_sched_latency of 6 ms shared by two. */
  private static final long DEFAULT_SLICE_NANOS = 3_000_000;

  private static final int DEFAULT_TIMER_HZ = 250;
  private static final double DEFAULT_GHZ = 3.8;

  /**
   * A kernel of that generation on the reference machine: 4 cores at 3.8 GHz, 93.5 MiB of EPC; bugs
   * fixed, as is the default of a library.
   */
  public static KernelConfig preset(Preset preset) {
    return new KernelConfig(
        preset,
        MachineConfig.builder().build(),
        DEFAULT_GHZ,
        CostModel.pCfl(),
        DEFAULT_TIMER_HZ,
        0,
        InterruptBursts.NONE,
        preset.launch(),
        preset.add(),
        preset.paging(),
        preset.ioctls(),
        Bugs.fixed(),
        Scheduling.WAKEUP_PREEMPT,
        DEFAULT_SLICE_NANOS,
        0);
  }

  public KernelConfig {
    double share =
        (timerHz + deviceInterruptsPerSecond) * costs.cycles(Cost.INTERRUPT) / (ghz * 1e9);
    if (share >= 1) {
      throw new IllegalArgumentException(
          "interrupts would take %.1f times the core: their rate times %d cycles must be below %s GHz"
              .formatted(share, costs.cycles(Cost.INTERRUPT), ghz));
    }
  }

  /** Number of cores. */
  public int cores() {
    return machine.processors();
  }

  /** On another machine. */
  public KernelConfig withMachine(MachineConfig other) {
    return with(draft -> draft.machine = other);
  }

  /** With cores of another frequency, above 0. */
  public KernelConfig withGhz(double other) {
    return with(draft -> draft.ghz = other);
  }

  /** With other costs. */
  public KernelConfig withCosts(CostModel other) {
    return with(draft -> draft.costs = other);
  }

  /** With other interrupts: timer ticks and mean device interrupts per second and core. */
  public KernelConfig withInterrupts(int timerPerSecond, double devicesPerSecond) {
    return with(
        draft -> {
          draft.timerHz = timerPerSecond;
          draft.deviceInterruptsPerSecond = devicesPerSecond;
        });
  }

  /** With device interrupts at other times. */
  public KernelConfig withInterruptBursts(InterruptBursts other) {
    return with(draft -> draft.interruptBursts = other);
  }

  /** With another time of EADD. */
  public KernelConfig withAdd(AddMode other) {
    return with(draft -> draft.add = other);
  }

  /** With another way past launch control. */
  public KernelConfig withLaunch(LaunchDesign other) {
    return with(draft -> draft.launch = other);
  }

  /** With another way of paging. */
  public KernelConfig withPaging(Paging other) {
    return with(draft -> draft.paging = other);
  }

  /** With the ioctls of another generation. */
  public KernelConfig withIoctls(IoctlGeneration other) {
    return with(draft -> draft.ioctls = other);
  }

  /** With other bugs. */
  public KernelConfig withBugs(Bugs other) {
    return with(draft -> draft.bugs = other);
  }

  /**
   * With another scheduler.
   *
   * @param nanos how long a task may keep a core that others want
   */
  public KernelConfig withScheduling(Scheduling other, long nanos) {
    return with(
        draft -> {
          draft.scheduling = other;
          draft.sliceNanos = nanos;
        });
  }

  /**
   * With tasks that change cores.
   *
   * @param probability from 0 to 1 that one that wakes up goes to another idle core than its last
   */
  public KernelConfig withMigration(double probability) {
    return with(draft -> draft.migration = probability);
  }

  private KernelConfig with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new KernelConfig(
        draft.preset,
        draft.machine,
        draft.ghz,
        draft.costs,
        draft.timerHz,
        draft.deviceInterruptsPerSecond,
        draft.interruptBursts,
        draft.launch,
        draft.add,
        draft.paging,
        draft.ioctls,
        draft.bugs,
        draft.scheduling,
        draft.sliceNanos,
        draft.migration);
  }

  /** A copy whose components can be set. */
  private static final class Draft {
    Preset preset;
    MachineConfig machine;
    double ghz;
    CostModel costs;
    int timerHz;
    double deviceInterruptsPerSecond;
    InterruptBursts interruptBursts;
    LaunchDesign launch;
    AddMode add;
    Paging paging;
    IoctlGeneration ioctls;
    Bugs bugs;
    Scheduling scheduling;
    long sliceNanos;
    double migration;

    Draft(KernelConfig config) {
      preset = config.preset;
      machine = config.machine;
      ghz = config.ghz;
      costs = config.costs;
      timerHz = config.timerHz;
      deviceInterruptsPerSecond = config.deviceInterruptsPerSecond;
      interruptBursts = config.interruptBursts;
      launch = config.launch;
      add = config.add;
      paging = config.paging;
      ioctls = config.ioctls;
      bugs = config.bugs;
      scheduling = config.scheduling;
      sliceNanos = config.sliceNanos;
      migration = config.migration;
    }
  }
}
