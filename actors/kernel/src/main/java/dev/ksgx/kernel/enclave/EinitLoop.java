package dev.ksgx.kernel.enclave;

import akka.actor.Cancellable;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.IoctlGeneration;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;
import java.util.function.Consumer;

/**
 * EINIT as the drivers try it (driver.md 4), all under the enclave's lock: an attempt as the policy
 * for the hash MSRs has it and, where that failed for want of the right hash, a second one. On an
 * unmasked event up to 20 tries, then a sleep of 20 ms, 50 rounds in all.
 */
final class EinitLoop {
  private static final int SPINS = 20;
  private static final int ROUNDS = 50;
  private static final long SLEEP_NANOS = 20_000_000;

  /** The nap between two rounds is over. */
  record NapOver(EinitLoop loop) implements EnclaveMessage {}

  private final EnclaveState enclave;
  private final Flow flow;
  private final SigStruct sigStruct;
  private final EinitToken token;
  private final HashWriting writing;
  private int spin;
  private int round;
  private LeafResult lastResult;
  private long sleep;
  private Consumer<CallResult> then;

  EinitLoop(EnclaveState enclave, Flow flow, EnclaveMessage.Init init, EinitToken token) {
    this.enclave = enclave;
    this.flow = flow;
    this.sigStruct = init.arguments().sigstruct();
    this.token = token;
    this.writing = HashWriting.of(enclave.services, init);
  }

  /** Try, then go on with what INIT returns; the lock is still held. */
  void run(Consumer<CallResult> then) {
    this.then = then;
    attempt();
  }

  private void attempt() {
    flow.run(
        writing.first(einit()),
        ran -> {
          LeafResult first = resultOf(ran);
          Burst second = writing.second(first, einit());
          if (second == null) {
            settle(first);
          } else {
            flow.run(second, again -> settle(resultOf(again)));
          }
        });
  }

  private void settle(LeafResult result) {
    if (result.isOk()) {
      then.accept(CallResult.OK);
    } else if (result.status() == Status.CODE && result.code() == SgxCode.UNMASKED_EVENT) {
      retry(result);
    } else if (result.status() == Status.CODE) {
      then.accept(ioctls().refusedByEinit(result.code(), "INIT: " + result.describe()));
    } else {
      then.accept(CallResult.failed(ioctls().leafFault(), "INIT: " + result.describe()));
    }
  }

  private void retry(LeafResult result) {
    spin++;
    if (spin < SPINS) {
      attempt();
      return;
    }
    spin = 0;
    round++;
    nap(result);
  }

  /** The sleep after a round, the last one not excepted; a signal ends it. */
  private void nap(LeafResult result) {
    lastResult = result;
    Cancellable alarm =
        enclave.services.clock().tellAfter(SLEEP_NANOS, enclave.own, new NapOver(this));
    sleep =
        flow.blockInterruptibly(
            signal -> {
              alarm.cancel();
              wake();
            });
    enclave
        .services
        .probe()
        .waiting(
            KernelServices.timeline(flow.task(), flow.request()), enclave.services.einitNap(), 0);
  }

  void onNapOver() {
    if (enclave.calls.forget(sleep)) {
      wake();
    }
  }

  private void wake() {
    flow.run(
        Burst.of(Step.software(Work.SYSCALL)),
        ran -> {
          if (ran.signalPending()) {
            then.accept(
                CallResult.failed(
                    Errno.ERESTARTSYS, "INIT: a signal came between two rounds of EINIT"));
          } else if (round == ROUNDS) {
            then.accept(
                ioctls()
                    .refusedByEinit(
                        lastResult.code(), "INIT: every one of 1,000 tries met an interrupt"));
          } else {
            attempt();
          }
        });
  }

  private IoctlGeneration ioctls() {
    return enclave.services.config().ioctls();
  }

  private Step einit() {
    return new Step.Encls(Encls.einit(enclave.secsAddress(), sigStruct, token));
  }

  private static LeafResult resultOf(Executed ran) {
    return ((StepResult.Leaf) ran.last()).result();
  }
}
