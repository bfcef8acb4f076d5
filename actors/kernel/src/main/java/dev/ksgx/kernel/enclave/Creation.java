package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import java.util.function.Consumer;

/**
 * CREATE from the SECS's frame to the bound mapping (driver.md 1.5, steps 6 to 13). ECREATE has run
 * when a mapping that does not fit is detected.
 */
final class Creation {
  private final EnclaveState enclave;

  Creation(EnclaveState enclave) {
    this.enclave = enclave;
  }

  /** Create, then go on with what CREATE returns; after a failure nothing holds a frame. */
  void run(EnclaveMessage.Create create, Consumer<CallResult> then) {
    Flow flow = enclave.flow(create.task(), create.request());
    enclave.secs = create.secs();
    enclave.pageTable =
        new PageTable(
            enclave.services.machine().epc(),
            create.secs().baseAddress(),
            create.secs().sizeBytes());
    enclave.frames.take(
        flow,
        EpcMessage.Use.SECS,
        secsFrame ->
            enclave.frames.take(
                flow,
                EpcMessage.Use.VA,
                vaFrame -> ecreate(flow, secsFrame, vaFrame, then),
                failure -> {
                  enclave.giveBack(EpcMessage.Use.SECS, secsFrame);
                  then.accept(failure);
                }),
        then);
  }

  private void ecreate(Flow flow, int secsFrame, int vaFrame, Consumer<CallResult> then) {
    Burst burst =
        Burst.of(
            new Step.Encls(Encls.epa(enclave.address(vaFrame))),
            new Step.Encls(Encls.ecreate(enclave.address(secsFrame), enclave.secs.bytes())));
    flow.run(
        burst,
        ran -> {
          StepResult.Leaf last = (StepResult.Leaf) ran.last();
          if (last.result().isOk()) {
            enclave.secsFrame = secsFrame;
            enclave.vaPages.add(vaFrame);
            enclave.vaPages.take(enclave.vaPages.find());
            bind(flow, then);
          } else {
            undo(flow, ran, secsFrame, vaFrame, then);
          }
        });
  }

  private void undo(
      Flow flow, Executed ran, int secsFrame, int vaFrame, Consumer<CallResult> then) {
    CallResult failure =
        CallResult.failed(
            Errno.EFAULT, "CREATE: " + ((StepResult.Leaf) ran.last()).result().describe());
    enclave.giveBack(EpcMessage.Use.SECS, secsFrame);
    if (ran.results().size() == 1) {
      enclave.giveBack(EpcMessage.Use.VA, vaFrame);
      then.accept(failure);
      return;
    }
    flow.run(
        Burst.of(new Step.Encls(Encls.eremove(enclave.address(vaFrame)))),
        removed -> {
          boolean gone = ((StepResult.Leaf) removed.last()).result().isOk();
          if (gone || enclave.services.config().bugs().has(Bugs.FREE_WITHOUT_EREMOVE)) {
            enclave.giveBack(EpcMessage.Use.VA, vaFrame);
          }
          then.accept(failure);
        });
  }

  private void bind(Flow flow, Consumer<CallResult> then) {
    long call =
        enclave.calls.<AddressSpaceMessage.Bound>expect(
            bound -> {
              if (bound.result().isZero()) {
                enclave.created = true;
                enclave.references = 1;
                then.accept(CallResult.OK);
              } else {
                new Release(enclave).run(flow, () -> then.accept(bound.result()));
              }
            });
    enclave.addressSpace.tell(
        new AddressSpaceMessage.Bind(
            flow.task(),
            flow.request(),
            enclave.secs.baseAddress(),
            enclave.secs.sizeBytes(),
            enclave.ref,
            call,
            enclave.self));
  }
}
