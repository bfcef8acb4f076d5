package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Reply;
import java.util.List;

/** Mappings that go, one after the other: the enclave below each hears of it and answers. */
final class Closing {
  private final Calls calls;
  private final ActorRef<Reply> self;

  Closing(Calls calls, ActorRef<Reply> self) {
    this.calls = calls;
    this.self = self;
  }

  /** Close what was cut out, then go on; the mmap lock is held for writing. */
  void run(Flow flow, List<Vmas.Cut> cuts, Runnable then) {
    next(flow, cuts, 0, then);
  }

  private void next(Flow flow, List<Vmas.Cut> cuts, int index, Runnable then) {
    if (index == cuts.size()) {
      then.run();
      return;
    }
    Vmas.Cut cut = cuts.get(index);
    Runnable others = () -> next(flow, cuts, index + 1, then);
    if (cut.enclave() == null) {
      others.run();
      return;
    }
    long call = calls.<EnclaveMessage.CallDone>expect(done -> others.run());
    cut.enclave()
        .tell(
            new EnclaveMessage.Unmapped(flow.task(), flow.request(), cut.remaining(), call, self));
  }
}
