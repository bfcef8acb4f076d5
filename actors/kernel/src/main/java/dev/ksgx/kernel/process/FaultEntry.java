package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.flow.TaskLock;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.AddressSpaceMessage.FaultOutcome;
import dev.ksgx.protocol.message.AddressSpaceMessage.FaultOver;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;

/**
 * The entry of a page fault: the mmap lock for reading, the mapping, the enclave's fault handler
 * (driver.md 6.5). A fault that broke a rule of SGX (bit 15 of its error code) is not the driver's.
 */
final class FaultEntry {
  private static final Burst ENTRY = Burst.of(Step.software(Work.PAGE_FAULT));

  private final Vmas vmas;
  private final TaskLock mmapLock;
  private final Calls calls;
  private final ActorRef<Reply> self;
  private final ActorRef<AddressSpaceMessage.Request> space;

  FaultEntry(
      Vmas vmas,
      TaskLock mmapLock,
      Calls calls,
      ActorRef<Reply> self,
      ActorRef<AddressSpaceMessage.Request> space) {
    this.vmas = vmas;
    this.mmapLock = mmapLock;
    this.calls = calls;
    this.self = self;
    this.space = space;
  }

  /** Resolve the fault, then go on with its answer; the lock is free again by then. */
  void run(AddressSpaceMessage.PageFault fault, Flow flow, Consumer<FaultOver> then) {
    if ((fault.errorCode() & LeafResult.PF_SGX) != 0) {
      refuse(fault, flow, FaultOutcome.SIGSEGV, "an access rule of SGX was broken", then);
      return;
    }
    mmapLock.acquire(
        flow,
        () -> {
          Vma vma = vmas.at(fault.address());
          Consumer<FaultOver> end =
              over -> {
                mmapLock.release(flow);
                then.accept(over);
              };
          if (vma == null) {
            refuse(fault, flow, FaultOutcome.SIGSEGV, "no SGX mapping covers the address", end);
          } else if (vma.enclave == null) {
            refuse(fault, flow, FaultOutcome.SIGBUS, "no enclave was created there", end);
          } else {
            long call =
                calls.<FaultOver>expect(
                    over ->
                        end.accept(
                            new FaultOver(fault.call(), over.outcome(), over.why(), over.table())));
            vma.enclave.tell(
                new EnclaveMessage.Fault(
                    fault.task(), fault.request(), space, fault.address(), call, self));
          }
        });
  }

  private static void refuse(
      AddressSpaceMessage.PageFault fault,
      Flow flow,
      FaultOutcome outcome,
      String why,
      Consumer<FaultOver> then) {
    flow.run(ENTRY, ran -> then.accept(new FaultOver(fault.call(), outcome, why)));
  }
}
