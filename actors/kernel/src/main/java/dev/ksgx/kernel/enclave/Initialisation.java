package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;

/**
 * INIT (driver.md 1.5, 4): the token first, unless the caller brought one, then the wait for the
 * deferred adds, then EINIT under the enclave's lock. The token's time overlaps the adds.
 */
final class Initialisation {
  private static final Burst ENTRY =
      Burst.of(Step.software(Work.SYSCALL), Step.software(Work.INIT_PATH));

  private static final Burst HASH = Burst.of(Step.software(Work.HASH_MODULUS));

  /** The flags as they were read, with INITIALIZED, are written back. */
  record LateMark(boolean dead, Runnable then) implements EnclaveMessage {}

  private final EnclaveState enclave;

  Initialisation(EnclaveState enclave) {
    this.enclave = enclave;
  }

  /** Run the call, then go on with what it returns. The enclave's lock is free again by then. */
  void run(EnclaveMessage.Init init, Consumer<CallResult> then) {
    Flow flow = enclave.flow(init.task(), init.request());
    SigStruct sigStruct = init.arguments().sigstruct();
    flow.run(
        ENTRY,
        ran -> {
          if (init.token() != null) {
            flush(flow, sigStruct, init.token(), then);
          } else if (enclave.services.config().launch().isDirect()) {
            flow.run(HASH, hashed -> flush(flow, sigStruct, EinitToken.NONE, then));
          } else if (init.arguments().architectural()) {
            flush(flow, sigStruct, EinitToken.NONE, then);
          } else {
            getToken(flow, sigStruct, then);
          }
        });
  }

  private void getToken(Flow flow, SigStruct sigStruct, Consumer<CallResult> then) {
    long call =
        enclave.calls.<LaunchControlMessage.Token>expect(
            answer -> {
              mark(flow, "token");
              if (answer.result().isZero()) {
                flush(flow, sigStruct, answer.token(), then);
              } else {
                then.accept(answer.result());
              }
            });
    enclave.launchControl.tell(
        new LaunchControlMessage.GetToken(
            flow.task(), flow.request(), sigStruct, enclave.secs.attributes(), call, enclave.self));
  }

  private void flush(Flow flow, SigStruct sigStruct, EinitToken token, Consumer<CallResult> then) {
    if (enclave.services.config().add() == AddMode.SYNCHRONOUS) {
      lock(flow, sigStruct, token, then);
      return;
    }
    long call =
        enclave.calls.<AddWorkerMessage.Flushed>expect(
            flushed -> lock(flow, sigStruct, token, then));
    enclave.addWorker.tell(
        new AddWorkerMessage.Flush(flow.task(), flow.request(), enclave.ref, call, enclave.self));
  }

  private void lock(Flow flow, SigStruct sigStruct, EinitToken token, Consumer<CallResult> then) {
    mark(flow, "add");
    enclave.lock.acquire(
        flow,
        () -> {
          if (enclave.initialized) {
            enclave.lock.release(flow);
            then.accept(CallResult.OK);
          } else {
            new EinitLoop(enclave, flow, sigStruct, token)
                .run(result -> unlock(flow, result, then));
          }
        });
  }

  /** v5 marks the enclave after it has dropped the lock, from flags it read before (B-17). */
  private void unlock(Flow flow, CallResult result, Consumer<CallResult> then) {
    boolean late = enclave.services.config().bugs().has(Bugs.INITIALIZED_UNLOCKED);
    if (result.isZero() && !late) {
      enclave.initialized = true;
    }
    boolean deadWhenRead = enclave.dead;
    enclave.lock.release(flow);
    if (result.isZero() && late) {
      enclave.own.tell(new LateMark(deadWhenRead, () -> then.accept(result)));
    } else {
      then.accept(result);
    }
  }

  private void mark(Flow flow, String label) {
    enclave.services.probe().mark(KernelServices.timeline(flow.task(), flow.request()), label);
  }
}
