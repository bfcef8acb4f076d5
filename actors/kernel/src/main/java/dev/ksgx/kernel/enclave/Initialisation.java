package dev.ksgx.kernel.enclave;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.AddMode;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.AddWorkerMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.random.RandomStream;
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
    initializing(1);
    call(
        init,
        result -> {
          initializing(-1);
          then.accept(result);
        });
  }

  private void initializing(int more) {
    enclave.initializing += more;
    enclave.lives();
  }

  private void call(EnclaveMessage.Init init, Consumer<CallResult> then) {
    Flow flow = enclave.flow(init.task(), init.request());
    LaunchDesign design = enclave.services.config().launch();
    Consumer<EinitToken> withToken = token -> flush(flow, init, token, then);
    flow.run(
        ENTRY,
        ran -> {
          CallResult verdict = check(init.arguments(), design);
          if (!verdict.isZero()) {
            then.accept(verdict);
          } else if (init.token() != null) {
            withToken.accept(init.token());
          } else if (design.isDirect()) {
            flow.run(HASH, hashed -> withToken.accept(noToken()));
          } else if (init.arguments().architectural() || design.hasUserLe()) {
            withToken.accept(noToken());
          } else {
            getToken(flow, init, withToken, then);
          }
        });
  }

  private CallResult check(SgxIoctl.Init arguments, LaunchDesign design) {
    KernelServices services = enclave.services;
    return services.config().ioctls().checksSigStruct()
        ? SigStructRules.check(
            arguments.sigstruct(),
            enclave.secs.attributes(),
            services.machine().config().cpuid(),
            design)
        : CallResult.OK;
  }

  /** All zero, or what the page held before that nobody cleared (B-33). */
  private EinitToken noToken() {
    if (!enclave.services.config().bugs().has(Bugs.TOKEN_PAGE_NOT_CLEARED)) {
      return EinitToken.NONE;
    }
    RandomStream page = enclave.services.random().stream("token-page-" + enclave.number);
    byte[] bytes = new byte[EinitToken.LAYOUT.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) page.nextLong();
    }
    return EinitToken.parse(Bytes.copyOf(bytes));
  }

  private void getToken(
      Flow flow,
      EnclaveMessage.Init init,
      Consumer<EinitToken> withToken,
      Consumer<CallResult> then) {
    long call =
        enclave.calls.<LaunchControlMessage.Token>expect(
            answer -> {
              mark(flow, "token");
              if (answer.result().isZero()) {
                withToken.accept(answer.token());
              } else {
                then.accept(answer.result());
              }
            });
    enclave.launchControl.tell(
        new LaunchControlMessage.GetToken(
            flow.task(),
            flow.request(),
            init.arguments().sigstruct(),
            enclave.secs.attributes(),
            call,
            enclave.self));
  }

  private void flush(
      Flow flow, EnclaveMessage.Init init, EinitToken token, Consumer<CallResult> then) {
    if (enclave.services.config().add() == AddMode.SYNCHRONOUS) {
      lock(flow, init, token, then);
      return;
    }
    long call =
        enclave.calls.<AddWorkerMessage.Flushed>expect(flushed -> lock(flow, init, token, then));
    enclave.addWorker.tell(
        new AddWorkerMessage.Flush(flow.task(), flow.request(), enclave.ref, call, enclave.self));
  }

  private void lock(
      Flow flow, EnclaveMessage.Init init, EinitToken token, Consumer<CallResult> then) {
    mark(flow, "add");
    enclave.lock.acquire(
        flow,
        () -> {
          if (enclave.initialized) {
            enclave.lock.release(flow);
            then.accept(CallResult.OK);
          } else {
            new EinitLoop(enclave, flow, init, token).run(result -> unlock(flow, result, then));
          }
        });
  }

  /** v5 marks the enclave after it has dropped the lock, from flags it read before (B-17). */
  private void unlock(Flow flow, CallResult result, Consumer<CallResult> then) {
    boolean late = enclave.services.config().bugs().has(Bugs.INITIALIZED_UNLOCKED);
    if (result.isZero() && !late) {
      enclave.initialized = true;
      enclave.lives();
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
