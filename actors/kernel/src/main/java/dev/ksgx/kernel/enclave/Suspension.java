package dev.ksgx.kernel.enclave;

import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.EnclaveMessage;

/**
 * The enclave's part in the driver's suspend callback (driver.md 1.7): DEAD and SUSPEND, the
 * entries of its TCS pages cleared, its work item waited for. Its threads have left before and
 * cannot come back without a TCS; the other entries lead to frames that answer as memory of nobody
 * until the enclave is released.
 */
final class Suspension {
  private final EnclaveState enclave;

  Suspension(EnclaveState enclave) {
    this.enclave = enclave;
  }

  /** As shipped, the flags are changed without the lock that guards them (B-42). */
  void run(EnclaveMessage.Suspend ask, Runnable then) {
    Flow flow = enclave.flow(ask.task(), ask.request());
    if (enclave.services.config().bugs().has(Bugs.SUSPEND_WAITS_FOR_FROZEN_QUEUE)) {
      mark();
      flush(flow, then);
    } else {
      enclave.lock.acquire(
          flow,
          () -> {
            mark();
            enclave.lock.release(flow);
            flush(flow, then);
          });
    }
  }

  private void mark() {
    enclave.dead = true;
    enclave.suspended = true;
    enclave.lives();
    if (enclave.pages != null) {
      enclave.pages.forEach(
          page -> {
            if (page.tcs) {
              enclave.mappings.zap(page.address);
            }
          });
    }
  }

  private void flush(Flow flow, Runnable then) {
    if (enclave.services.config().add() == AddMode.SYNCHRONOUS) {
      then.run();
      return;
    }
    long call = enclave.calls.<AddWorkerMessage.Flushed>expect(flushed -> then.run());
    enclave.addWorker.tell(
        new AddWorkerMessage.Flush(flow.task(), flow.request(), enclave.ref, call, enclave.self));
  }
}
