package dev.ksgx.kernel.process;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.TokenStoreMessage;
import dev.ksgx.protocol.message.Work;

/**
 * How a program comes by its token (driver.md 5.4): from its own memory, else over the daemon's
 * socket, where it sleeps until the answer or a signal comes.
 */
public final class TokenClient {
  private static final Burst WRITE = Burst.of(Step.software(Work.SOCKET_WRITE));
  private static final Burst READ = Burst.of(Step.software(Work.SOCKET_READ));

  /** Takes a token of 304 bytes, or null and why there is none. */
  @FunctionalInterface
  public interface Taker {
    void take(Bytes token, CallResult result);
  }

  private final KernelMessage.TokenSource source;
  private final ActorRef<SchedulerMessage.Request> scheduler;
  private final TaskRef task;
  private final ActorRef<Reply> self;
  private final Calls calls;
  private final Bytes message;
  private long sleep;

  /**
   * @param self the actor that makes the calls
   * @param calls where its answers are waited for
   */
  public TokenClient(
      KernelMessage.TokenSource source,
      ActorRef<SchedulerMessage.Request> scheduler,
      TaskRef task,
      ActorRef<Reply> self,
      Calls calls,
      TokenRequest request) {
    this.source = source;
    this.scheduler = scheduler;
    this.task = task;
    this.self = self;
    this.calls = calls;
    this.message = request.bytes();
  }

  /** Whether INIT says that the token, and not the enclave, is at fault. */
  static boolean isUseless(CallResult init) {
    return init.value() == SgxCode.INVALID_EINITTOKEN
        || init.value() == SgxCode.INVALID_CPUSVN
        || init.value() == SgxCode.INVALID_ISVSVN
        || init.value() == SgxCode.INVALID_MEASUREMENT;
  }

  /** The token that the process has, else one of the daemon. */
  void first(RequestId request, Taker taker) {
    if (source.store() == null) {
      ask(request, taker);
      return;
    }
    long call =
        calls.<TokenStoreMessage.Found>expect(
            found -> {
              if (found.token() == null) {
                ask(request, taker);
              } else {
                taker.take(found.token(), CallResult.OK);
              }
            });
    source.store().tell(new TokenStoreMessage.Find(task.pid(), message, call, self));
  }

  /** A token of the daemon; the process keeps it if it keeps tokens. */
  public void ask(RequestId request, Taker taker) {
    Flow flow = new Flow(task, request, calls, self, scheduler);
    flow.run(WRITE, ran -> sleep(flow, taker));
  }

  private void sleep(Flow flow, Taker taker) {
    long call =
        calls.<DaemonMessage.Answer>expect(
            answer -> {
              calls.forget(sleep);
              flow.run(READ, ran -> read(answer, taker));
            });
    sleep =
        flow.blockInterruptibly(
            signal -> source.daemon().tell(new DaemonMessage.Withdraw(task, call)));
    source.daemon().tell(new DaemonMessage.Ask(task, flow.request(), message, call, self));
  }

  private void read(DaemonMessage.Answer answer, Taker taker) {
    if (answer.result().isZero() && source.store() != null) {
      source.store().tell(new TokenStoreMessage.Keep(task.pid(), message, answer.token()));
    }
    if (answer.result().errno() == Errno.EINTR) {
      scheduler.tell(new SchedulerMessage.SignalHandled(task));
    }
    taker.take(answer.token(), answer.result());
  }
}
