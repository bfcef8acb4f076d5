package dev.ksgx.kernel.launch;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import java.util.List;

/** Has every core write its MSRs, by an interrupt, and waits until all have. */
public final class CrossCall {
  private final KernelServices services;
  private final Calls calls;
  private final ActorRef<Reply> self;

  /**
   * @param self the actor that waits
   * @param calls where its answers are waited for
   */
  public CrossCall(KernelServices services, Calls calls, ActorRef<Reply> self) {
    this.services = services;
    this.calls = calls;
    this.self = self;
  }

  /** Go on once every core that is online holds these values. */
  public void write(List<Step.Wrmsr> writes, Runnable then) {
    long call =
        calls.<SchedulerMessage.Cores>expect(
            found -> {
              int[] left = {found.cores().size()};
              for (ActorRef<CoreMessage.Request> core : found.cores()) {
                long answer =
                    calls.<CoreMessage.MsrsWritten>expect(
                        written -> {
                          left[0]--;
                          if (left[0] == 0) {
                            then.run();
                          }
                        });
                core.tell(new CoreMessage.WriteMsrs(writes, answer, self));
              }
            });
    services.scheduler().tell(new SchedulerMessage.AskCores(call, self));
  }
}
