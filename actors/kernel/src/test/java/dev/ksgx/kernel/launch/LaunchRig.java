package dev.ksgx.kernel.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.runtime.probe.Resource;

/** A kernel with a launch enclave of its own, and what tests of its channels do to it. */
final class LaunchRig implements AutoCloseable {
  static final SignedEnclave TINY = SampleEnclaves.tiny();
  static final SignedEnclave OTHER = SampleEnclaves.pages(5);

  /** Into the launch enclave's work for one request, and before its end, by the cost model. */
  static final long DURING_ECALL_NANOS = 12_000;

  final Rig rig;

  LaunchRig(KernelConfig config) {
    rig = new Rig(config);
  }

  static KernelConfig config(KernelLe.Channel channel, Bugs bugs) {
    return config(KernelLe.single(channel), bugs);
  }

  /** Eight cores, synchronous adds, no interrupts, no jitter. */
  static KernelConfig config(KernelLe shape, Bugs bugs) {
    KernelConfig config = KernelConfig.preset(Preset.V5);
    return config
        .withAdd(AddMode.SYNCHRONOUS)
        .withLaunch(LaunchDesign.kernelLe(shape.channel()).withKernelLe(shape))
        .withBugs(bugs)
        .withInterrupts(0, 0)
        .withMachine(MachineConfig.builder().processors(8).build())
        .withCosts(config.costs().jitter(0));
  }

  Resource resource(String name) {
    return rig.system().probe().resources().stream()
        .filter(r -> r.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  Resource lock() {
    return resource("launch-enclave");
  }

  /** A process that has the device open; the launch enclave has had its time to start. */
  Rig.Process opened() {
    Rig.Process process = rig.process();
    assertThat(rig.open(process).isErrno()).isFalse();
    rig.block(process.task());
    settle();
    return process;
  }

  /** Runs on for half a second. */
  void settle() {
    later(500_000_000);
  }

  void later(long nanos) {
    rig.system().runUntil(rig.system().nowNanos() + nanos);
  }

  /** An enclave whose pages are all there, ready for INIT. */
  SgxIoctl.Init ready(Rig.Process process, SignedEnclave enclave) {
    EnclaveImage image = enclave.image();
    long base = rig.mmap(process, image.sizeBytes()).value();
    Secs secs =
        Secs.builder()
            .baseAddress(base)
            .sizeBytes(image.sizeBytes())
            .ssaFrameSize(image.ssaFrameSize())
            .attributes(image.attributes())
            .build();
    assertThat(rig.ioctl(process, new SgxIoctl.Create(secs.bytes())).isZero()).isTrue();
    for (EnclaveImage.Page page : image.pages()) {
      SgxIoctl.AddPage add =
          new SgxIoctl.AddPage(
              base + page.offset(), page.content(), page.secInfo().bytes(), page.mrmask());
      assertThat(rig.ioctl(process, add).isZero()).isTrue();
    }
    rig.block(process.task());
    return new SgxIoctl.Init(base, enclave.sigStruct(), false);
  }

  Rig.Pending<Returned> start(Rig.Process process, SgxIoctl.Init init) {
    return rig.startIoctl(process, process.task(), init);
  }

  /** The requester of {@code init} sleeps for its reply, and the launch enclave is at work. */
  Rig.Pending<Returned> duringEcall(Rig.Process process, SgxIoctl.Init init) {
    Rig.Pending<Returned> pending = start(process, init);
    rig.runUntil(() -> holds(process));
    later(DURING_ECALL_NANOS);
    assertThat(pending.isDone()).isFalse();
    return pending;
  }

  boolean holds(Rig.Process process) {
    return lock().holders().stream().anyMatch(holder -> holder.task() == process.task().tid());
  }

  /** A request whose sender a signal took away while the launch enclave was working on it. */
  void interrupted(Rig.Process process, SignedEnclave enclave) {
    Rig.Pending<Returned> pending = duringEcall(process, ready(process, enclave));
    rig.signal(process.task());
    assertThat(rig.finish(pending).result().name()).isEqualTo("-EINTR");
    rig.block(process.task());
    settle();
  }

  CallResult launch(Rig.Process process, SignedEnclave enclave) {
    return rig.launch(process, enclave).result();
  }

  void kill() {
    rig.doors.launchControl().tell(LaunchControlMessage.KillProcess.NOW);
    settle();
  }

  void fault(LaunchFault fault) {
    fault(fault, 0);
  }

  void fault(LaunchFault fault, long delayNanos) {
    rig.doors.launchControl().tell(new LaunchControlMessage.SetFault(fault, delayNanos));
    settle();
  }

  void closeAll(Rig.Process... processes) {
    for (Rig.Process process : processes) {
      assertThat(rig.close(process, 3).isZero()).isTrue();
      rig.block(process.task());
    }
    settle();
  }

  KernelMessage.Doors doors() {
    return rig.doors;
  }

  long coldStarts() {
    return rig.launchControl().coldStarts();
  }

  @Override
  public void close() {
    rig.close();
  }
}
