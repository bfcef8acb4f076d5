package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Reply;
import java.util.Map;
import java.util.TreeMap;

/**
 * The enclaves that there are, and the walk over them of the driver's suspend callback (driver.md
 * 1.7): one after the other, by age. An enclave may end before it is its turn, or during it.
 */
final class EnclaveWalk {
  private final TreeMap<Long, ActorRef<EnclaveMessage.Request>> all = new TreeMap<>();
  private final Calls calls;
  private final ActorRef<Reply> self;
  private DeviceMessage.SuspendEnclaves asked;
  private long current;
  private long call;
  private int suspended;

  /**
   * @param calls where the answers of {@code self} are waited for
   */
  EnclaveWalk(Calls calls, ActorRef<Reply> self) {
    this.calls = calls;
    this.self = self;
  }

  /** An enclave has been made. */
  void add(long number, ActorRef<EnclaveMessage.Request> enclave) {
    all.put(number, enclave);
  }

  /** An actor has ended; perhaps an enclave. */
  void ended(ActorRef<Void> actor) {
    for (Map.Entry<Long, ActorRef<EnclaveMessage.Request>> each : all.entrySet()) {
      if (each.getValue().equals(actor)) {
        // read before the removal, after which the entry may be that of another enclave
        long number = each.getKey();
        all.remove(number);
        if (number == current && calls.forget(call)) {
          next();
        }
        return;
      }
    }
  }

  /** Walk. */
  void start(DeviceMessage.SuspendEnclaves ask) {
    asked = ask;
    current = 0;
    suspended = 0;
    next();
  }

  private void next() {
    Map.Entry<Long, ActorRef<EnclaveMessage.Request>> next = all.higherEntry(current);
    if (next == null) {
      asked.replyTo().tell(new DeviceMessage.Walked(asked.call(), suspended));
      return;
    }
    current = next.getKey();
    call =
        calls.<EnclaveMessage.Suspended>expect(
            done -> {
              suspended++;
              next();
            });
    TaskRef task = asked.task();
    next.getValue().tell(new EnclaveMessage.Suspend(task, asked.request(), call, self));
  }
}
