package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.config.UserLe.TokenCache;
import dev.ksgx.kernel.cost.CostModel;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.kernel.policy.LaunchPolicy;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.TokenStoreMessage;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.virtual.VirtualOptions;
import java.util.ArrayList;
import java.util.List;

/** A kernel with a launch daemon. */
final class DaemonRig implements AutoCloseable {
  final Rig rig;

  private DaemonRig(Rig rig) {
    this.rig = rig;
  }

  static DaemonRig with(UserLe daemon) {
    return with(config(daemon), 1);
  }

  static DaemonRig with(KernelConfig config, long seed) {
    return new DaemonRig(new Rig(config, VirtualOptions.seed(seed)));
  }

  static KernelConfig config(UserLe daemon) {
    return KernelConfig.preset(Preset.OUT_OF_TREE)
        .withLaunch(LaunchDesign.userLe(daemon))
        .withInterrupts(0, 0);
  }

  /** aesmd with other numbers of workers and launch enclaves. */
  static UserLe pool(int workers, int enclaves, int threads) {
    return pool(workers, enclaves, threads, TokenCache.NONE);
  }

  static UserLe pool(int workers, int enclaves, int threads, TokenCache cache) {
    UserLe usual = UserLe.aesmd();
    return new UserLe(
        workers,
        enclaves,
        threads,
        usual.life(),
        usual.idleNanos(),
        cache,
        usual.policy(),
        usual.clientTimeoutNanos(),
        usual.queueTimeoutNanos(),
        1);
  }

  static UserLe onDemand(int enclaves, long idleNanos) {
    UserLe usual = UserLe.aesmd();
    return new UserLe(
        enclaves,
        enclaves,
        1,
        UserLe.Life.ON_DEMAND,
        idleNanos,
        TokenCache.NONE,
        usual.policy(),
        usual.clientTimeoutNanos(),
        usual.queueTimeoutNanos(),
        1);
  }

  static UserLe policy(LaunchPolicy policy) {
    UserLe usual = UserLe.aesmd();
    return new UserLe(
        1,
        1,
        1,
        usual.life(),
        usual.idleNanos(),
        TokenCache.NONE,
        policy,
        usual.clientTimeoutNanos(),
        usual.queueTimeoutNanos(),
        1);
  }

  static TokenCache cache(TokenCache.Place place) {
    return new TokenCache(place, 2048, 0, true);
  }

  Rig.Process process() {
    Rig.Process process = rig.process();
    rig.open(process);
    rig.block(process.task());
    return process;
  }

  LaunchSequence.Outcome launch(SignedEnclave enclave) {
    return rig.launch(process(), enclave);
  }

  /** That many processes launch at the same instant. */
  List<LaunchSequence.Outcome> launchTogether(int count, SignedEnclave enclave) {
    List<Rig.Pending<LaunchSequence.Outcome>> all = new ArrayList<>();
    List<Rig.Process> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      processes.add(process());
    }
    for (Rig.Process process : processes) {
      all.add(rig.startLaunch(process, enclave));
    }
    return all.stream().map(rig::finish).toList();
  }

  /** Sixteen cores, and no jitter: nobody waits for a core. */
  static KernelConfig roomyConfig(UserLe daemon) {
    return config(daemon)
        .withMachine(MachineConfig.builder().processors(16).build())
        .withCosts(CostModel.pCfl().jitter(0));
  }

  static DaemonRig roomy(UserLe daemon) {
    return with(roomyConfig(daemon), 1);
  }

  /**
   * That many processes ask for the same token at the same instant, when the daemon is ready.
   *
   * @return how long it took until all had it, nanoseconds
   */
  long askTogether(int count) {
    List<Rig.Process> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      processes.add(rig.process());
    }
    settle();
    long began = rig.system().nowNanos();
    List<Rig.Pending<DaemonMessage.Answer>> asked =
        processes.stream().map(process -> ask(process, tiny())).toList();
    asked.forEach(pending -> assertThat(rig.finish(pending).result().toString()).isEqualTo("OK"));
    return rig.system().nowNanos() - began;
  }

  static TokenRequest tiny() {
    SignedEnclave tiny = SampleEnclaves.tiny();
    return TokenRequest.of(tiny.sigStruct(), tiny.image().attributes());
  }

  /** The request that a program makes for its own enclave. */
  Rig.Pending<DaemonMessage.Answer> ask(Rig.Process process, TokenRequest request) {
    return rig.ask(
        call ->
            rig.doors
                .tokensOf(0)
                .daemon()
                .tell(
                    new DaemonMessage.Ask(
                        process.task(), rig.newRequest(), request.bytes(), call, rig.self())));
  }

  void fault(LaunchFault fault, long delayNanos) {
    rig.inside(
        () -> rig.doors.tokensOf(0).daemon().tell(new DaemonMessage.SetFault(fault, delayNanos)));
    counters();
  }

  void stop() {
    rig.finish(
        rig.<DaemonMessage.Stopped>ask(
            call -> rig.doors.tokensOf(0).daemon().tell(new DaemonMessage.Stop(call, rig.self()))));
  }

  DaemonMessage.Counters counters() {
    return rig.finish(
        rig.<DaemonMessage.Counters>ask(
            call ->
                rig.doors
                    .tokensOf(0)
                    .daemon()
                    .tell(new DaemonMessage.AskCounters(call, rig.self()))));
  }

  TokenStoreMessage.Counters applications() {
    return rig.finish(
        rig.<TokenStoreMessage.Counters>ask(
            call ->
                rig.doors
                    .tokensOf(0)
                    .store()
                    .tell(new TokenStoreMessage.AskCounters(call, rig.self()))));
  }

  /** Requests that no worker has. */
  int waiters() {
    return queue().waiters().size();
  }

  /** Requests that a worker has. */
  int holders() {
    return queue().holders().size();
  }

  private Resource queue() {
    return rig.system().probe().resources().stream()
        .filter(resource -> resource.name().equals("launch-queue"))
        .findFirst()
        .orElseThrow();
  }

  /** Runs for that long. */
  void pass(long nanos) {
    rig.system().runUntil(rig.system().nowNanos() + nanos).orThrow();
  }

  void settle() {
    rig.system().runToQuiescence().orThrow();
  }

  @Override
  public void close() {
    rig.close();
  }
}
