package dev.ksgx.kernel.enclave;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import java.util.List;
import java.util.function.Consumer;

/** The mmap locks of the processes that map an enclave, taken for reading by the enclave's code. */
final class MmapLocks {
  private final EnclaveState enclave;

  MmapLocks(EnclaveState enclave) {
    this.enclave = enclave;
  }

  /** Take the lock of one process; tells whether the process has users left. */
  void take(ActorRef<AddressSpaceMessage.Request> space, Flow flow, Consumer<Boolean> then) {
    long call =
        enclave.calls.<AddressSpaceMessage.ReadLocked>expect(locked -> then.accept(locked.users()));
    space.tell(new AddressSpaceMessage.LockRead(flow.task(), flow.request(), call, enclave.self));
  }

  void release(ActorRef<AddressSpaceMessage.Request> space, Flow flow) {
    space.tell(new AddressSpaceMessage.UnlockRead(flow.task()));
  }

  /** Do {@code each} for every mapping under its lock, one after the other, then go on. */
  void forEach(Flow flow, Consumer<Mappings.Mapping> each, Runnable then) {
    next(List.copyOf(enclave.mappings.all()), 0, flow, each, then);
  }

  private void next(
      List<Mappings.Mapping> mappings,
      int index,
      Flow flow,
      Consumer<Mappings.Mapping> each,
      Runnable then) {
    if (index == mappings.size()) {
      then.run();
      return;
    }
    Mappings.Mapping mapping = mappings.get(index);
    take(
        mapping.space(),
        flow,
        users -> {
          each.accept(mapping);
          release(mapping.space(), flow);
          next(mappings, index + 1, flow, each, then);
        });
  }
}
