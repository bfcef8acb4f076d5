package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.kernel.config.LePages;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.SwapperMessage;
import java.util.function.Consumer;

/**
 * CREATE from the SECS's frame to the bound mapping (driver.md 1.5, steps 6 to 13). ECREATE has run
 * when a mapping that does not fit is detected.
 */
final class Creation {
  private final EnclaveState enclave;
  private final VersionArrays versionArrays;

  Creation(EnclaveState enclave) {
    this.enclave = enclave;
    this.versionArrays = new VersionArrays(enclave);
  }

  /** Create, then go on with what CREATE returns; after a failure nothing holds a frame. */
  void run(EnclaveMessage.Create create, Consumer<CallResult> then) {
    Flow flow = enclave.flow(create.task(), create.request());
    enclave.sized(create.secs(), create.task().pid());
    enclave.services.inspection().opened(new EnclaveBooks(enclave));
    enclave.frames.take(
        flow,
        EpcMessage.Use.SECS,
        secsFrame ->
            versionArrays.ensureRoom(
                flow,
                "CREATE",
                () -> ecreate(flow, secsFrame, then),
                failure -> giveUp(flow, secsFrame, failure, then)),
        then);
  }

  private void ecreate(Flow flow, int secsFrame, Consumer<CallResult> then) {
    flow.run(
        Burst.of(new Step.Encls(Encls.ecreate(enclave.address(secsFrame), enclave.secs.bytes()))),
        ran -> {
          LeafResult result = ((StepResult.Leaf) ran.last()).result();
          if (result.isOk()) {
            enclave.secsFrame = secsFrame;
            enclave.vaPages.reserve();
            if (enclave.slotAtAdd()) {
              enclave.secsSlot = enclave.vaPages.takeFirst();
            }
            bind(flow, then);
          } else {
            giveUp(
                flow,
                secsFrame,
                CallResult.failed(
                    enclave.services.config().ioctls().leafFault(), "CREATE: " + result.describe()),
                then);
          }
        });
  }

  /** Version arrays may be there already: where they are paged there are two levels of them. */
  private void giveUp(Flow flow, int secsFrame, CallResult failure, Consumer<CallResult> then) {
    enclave.giveBack(EpcMessage.Use.SECS, secsFrame);
    new Release(enclave).run(flow, () -> then.accept(failure));
  }

  private void bind(Flow flow, Consumer<CallResult> then) {
    long call =
        enclave.calls.<AddressSpaceMessage.Bound>expect(
            bound -> {
              if (bound.result().isZero()) {
                enclave.created = true;
                enclave.lives();
                enclave.references = 1;
                register(flow);
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

  /** The scan list of the swapper; not for a launch enclave whose pages are pinned. */
  private void register(Flow flow) {
    boolean pinned =
        flow.task().kind() == TaskRef.Kind.LAUNCH_ENCLAVE
            && enclave.services.config().paging().lePages() == LePages.PINNED;
    if (!pinned) {
      enclave.registered = true;
      enclave
          .services
          .swapper()
          .tell(new SwapperMessage.Register(enclave.ref, flow.task().pid(), enclave.number));
    }
  }
}
