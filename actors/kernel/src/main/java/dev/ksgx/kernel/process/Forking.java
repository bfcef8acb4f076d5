package dev.ksgx.kernel.process;

import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.flow.TaskLock;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.List;

/**
 * What a fork does to the mappings of /dev/sgx (driver.md 1.4, 1.7), with the parent's mmap lock
 * held for writing: up to the DCAP driver they are not copied; mainline copies them with their
 * page-table entries, and the enclave has one process more. It waits for nobody meanwhile (B-54).
 */
final class Forking {
  private static final Burst ENTRY = Burst.of(Step.software(Work.SYSCALL));

  private final boolean copies;
  private final Vmas vmas;
  private final TaskLock mmapLock;

  Forking(Preset preset, Vmas vmas, TaskLock mmapLock) {
    this.copies = preset.copiesMappingsOnFork();
    this.vmas = vmas;
    this.mmapLock = mmapLock;
  }

  /** Fork, then go on; the child knows its mappings, and their enclaves know the child. */
  void run(Flow flow, AddressSpaceMessage.Fork fork, Runnable then) {
    flow.run(
        ENTRY,
        ran ->
            mmapLock.acquireForWriting(
                flow,
                () -> {
                  List<AddressSpaceMessage.Mapping> copied = copies ? vmas.copy() : List.of();
                  flow.run(
                      Burst.of(new Step.Software(Work.VMA, Math.max(1, copied.size()))),
                      done -> {
                        share(fork, copied);
                        mmapLock.release(flow);
                        then.run();
                      });
                }));
  }

  private void share(AddressSpaceMessage.Fork fork, List<AddressSpaceMessage.Mapping> copied) {
    for (AddressSpaceMessage.Mapping mapping : copied) {
      if (mapping.enclave() != null) {
        mapping
            .enclave()
            .tell(new EnclaveMessage.Forked(fork.task().pid(), fork.pid(), fork.child()));
      }
    }
    fork.child().tell(new AddressSpaceMessage.Inherit(copied));
  }
}
