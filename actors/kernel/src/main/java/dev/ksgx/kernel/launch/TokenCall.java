package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.probe.Resource;

/**
 * One token request by the holder of the launch mutex (driver.md 5.1): hash the modulus, write 80
 * bytes, sleep until 304 come back, read them.
 */
final class TokenCall {
  private static final Burst HASH = Burst.of(Step.software(Work.HASH_MODULUS));
  private static final Burst WRITE =
      Burst.of(new Step.Software(Work.PIPE_WRITE, TokenRequest.WRITES));
  private static final Burst READ = Burst.of(Step.software(Work.PIPE_READ));

  /** What all token calls of one launch control share. */
  static final class Context {
    final KernelServices services;
    final Calls calls;
    final Resource reply;
    long answered;

    /**
     * @param reply what a caller waits for between its write and its read
     */
    Context(KernelServices services, Calls calls, Resource reply) {
      this.services = services;
      this.calls = calls;
      this.reply = reply;
    }
  }

  /** Takes the token, or null and why there is none. */
  @FunctionalInterface
  interface Answer {
    void accept(EinitToken token, CallResult result);
  }

  private final Context context;
  private final Flow flow;
  private final LaunchControlMessage.GetToken get;
  private final LaunchPipes pipes;
  private Answer answer;

  /**
   * @param pipes null if the process was never started
   */
  TokenCall(Context context, Flow flow, LaunchControlMessage.GetToken get, LaunchPipes pipes) {
    this.context = context;
    this.flow = flow;
    this.get = get;
    this.pipes = pipes;
  }

  void run(Answer answer) {
    this.answer = answer;
    flow.run(HASH, ran -> write());
  }

  private void write() {
    if (pipes == null) {
      fail(Errno.EIO, "INIT: no launch enclave was started: nobody has the device open");
      return;
    }
    if (!pipes.isOpen()) {
      brokenPipe();
      return;
    }
    TokenRequest request =
        new TokenRequest(
            get.sigstruct().enclaveHash(), get.sigstruct().mrsigner(), get.attributes());
    flow.run(
        WRITE,
        ran -> {
          if (pipes.isOpen()) {
            pipes.write(flow.request(), request.bytes());
            awaitReply();
          } else {
            brokenPipe();
          }
        });
  }

  /** SIGPIPE comes with it. */
  private void brokenPipe() {
    context.services.scheduler().tell(new SchedulerMessage.Signal(flow.task()));
    fail(Errno.EPIPE, "INIT: the launch enclave's process is dead");
  }

  private void awaitReply() {
    if (pipes.hasUnread() || !pipes.isOpen()) {
      read();
      return;
    }
    long sleep = flow.blockInterruptibly(signal -> interrupted());
    reportWait();
    pipes.await(
        () -> {
          context.calls.forget(sleep);
          read();
        },
        this::reportWait);
  }

  /** Who waits for a launch enclave that is being paged in waits for its pages. */
  private void reportWait() {
    KernelServices services = context.services;
    services
        .probe()
        .waiting(
            KernelServices.timeline(flow.task(), flow.request()),
            pipes.isPaging() ? services.lePaging() : context.reply,
            pipes.task().tid());
  }

  private void read() {
    flow.run(
        READ,
        ran -> {
          Bytes bytes = pipes.read();
          if (bytes == null) {
            fail(Errno.ENOMEM, "INIT: the launch enclave's process died before it answered");
          } else {
            answer.accept(EinitToken.parse(bytes), CallResult.OK);
          }
        });
  }

  /** The reply will come all the same; v5 leaves it to the next reader (B-29). */
  private void interrupted() {
    pipes.abandon();
    if (!context.services.config().bugs().has(Bugs.STALE_REPLY)) {
      pipes.discardNext();
    }
    flow.run(
        READ, ran -> fail(Errno.EINTR, "INIT: a signal came while the launch enclave was working"));
  }

  private void fail(Errno errno, String check) {
    answer.accept(null, CallResult.failed(errno, check));
  }
}
