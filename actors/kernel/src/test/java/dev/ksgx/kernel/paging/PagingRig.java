package dev.ksgx.kernel.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.kernel.process.UserMode;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.SwapperMessage;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** A rig whose threads fault: enclaves in an EPC of a few frames, no launch enclave beside them. */
final class PagingRig implements AutoCloseable {
  static final int CORES = 4;

  final Rig rig;

  PagingRig(KernelConfig config) {
    this.rig = new Rig(config);
  }

  /** Some cores without interrupts of their own, enclaves launched without a launch enclave. */
  static KernelConfig config(Preset preset, int frames) {
    return KernelConfig.preset(preset)
        .withLaunch(LaunchDesign.direct(MsrPolicy.ALWAYS))
        .withInterrupts(0, 0)
        .withMachine(MachineConfig.builder().processors(CORES).epcBytes(4096L * frames).build());
  }

  /** A process that has opened the device. */
  Rig.Process process() {
    Rig.Process process = rig.process();
    rig.open(process);
    return process;
  }

  long launch(Rig.Process process, SignedEnclave enclave) {
    LaunchSequence.Outcome outcome = rig.launch(process, enclave);
    assertThat(outcome.result().isZero()).as(outcome.toString()).isTrue();
    return outcome.address();
  }

  EnclaveMessage.State state(Rig.Process process, long base) {
    return rig.state(process, base);
  }

  /** Starts user-mode code of a thread, with its page faults. */
  Rig.Pending<Executed> start(Rig.Process process, TaskRef thread, Step step) {
    return rig.ask(
        call -> {
          Flow flow =
              new Flow(thread, rig.newRequest(), rig.calls(), rig.self(), rig.doors.scheduler());
          new UserMode(flow, process.space(), rig.self(), rig.calls())
              .run(
                  Burst.of(step),
                  ran -> {
                    rig.block(thread);
                    rig.self()
                        .tell(
                            new Executed(
                                call, ran.task(), ran.core(), ran.results(), ran.signalPending()));
                  });
        });
  }

  Rig.Pending<Executed> enter(
      Rig.Process process, TaskRef thread, long base, Supplier<EnclaveProgram> program) {
    return start(
        process, thread, new Step.Enter(base, rig.state(process, base).translation(), program));
  }

  /** Enters by the first TCS and waits until the thread has left. */
  StepResult.Left visit(Rig.Process process, long base, Supplier<EnclaveProgram> program) {
    return (StepResult.Left) rig.finish(enter(process, process.task(), base, program)).last();
  }

  /** A load by code outside; the result of the step. */
  StepResult look(Rig.Process process, TaskRef thread, long base, long address) {
    Step load = new Step.Access(rig.state(process, base).translation(), address, 1, null);
    return rig.finish(start(process, thread, load)).last();
  }

  /** Asks for a frame as {@code task}, for good: nobody gives it back. */
  EpcMessage.Allocated allocate(TaskRef task, EpcMessage.Use use, boolean atomic) {
    return rig.finish(
        rig.<EpcMessage.Allocated>ask(
            call ->
                rig.doors
                    .epc()
                    .tell(
                        new EpcMessage.Allocate(
                            task, rig.newRequest(), use, atomic, call, rig.self()))));
  }

  /** mmap and CREATE of a range of {@code pages}; answers its base. */
  long create(Rig.Process process, int pages) {
    long base = rig.mmap(process, 4096L * pages).value();
    Secs secs =
        Secs.builder()
            .baseAddress(base)
            .sizeBytes(4096L * pages)
            .ssaFrameSize(1)
            .attributes(HeapEnclave.of(1, 1).image().attributes())
            .build();
    assertThat(rig.ioctl(process, new SgxIoctl.Create(secs.bytes())).isZero()).isTrue();
    return base;
  }

  /** ADD_PAGE of a page of zeros that is not measured. */
  static SgxIoctl.AddPage heapPage(long address) {
    return new SgxIoctl.AddPage(
        address, Bytes.zeros(4096), SecInfo.reg(true, true, false).bytes(), 0);
  }

  SwapperMessage.Counters swapper() {
    return rig.finish(
        rig.<SwapperMessage.Counters>ask(
            call -> rig.doors.swapper().tell(new SwapperMessage.AskCounters(call, rig.self()))));
  }

  /** What paging did to the n-th enclave, from 1 in the order of creation. */
  SwapperMessage.Share share(long enclave) {
    return rig
        .finish(
            rig.<SwapperMessage.Shares>ask(
                call -> rig.doors.swapper().tell(new SwapperMessage.AskShares(call, rig.self()))))
        .shares()
        .stream()
        .filter(share -> share.enclave() == enclave)
        .findFirst()
        .orElseThrow();
  }

  long sum(ToLongFunction<CoreMessage.Counters> figure) {
    return rig.cores().stream().mapToLong(figure).sum();
  }

  /** Lets time pass. */
  void advance(long nanos) {
    rig.system().runUntil(rig.system().nowNanos() + nanos).orThrow();
  }

  @Override
  public void close() {
    rig.close();
  }
}
