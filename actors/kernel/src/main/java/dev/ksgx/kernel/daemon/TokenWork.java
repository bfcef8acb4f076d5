package dev.ksgx.kernel.daemon;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.cost.Cost;
import dev.ksgx.kernel.daemon.DaemonEnclave.Seat;
import dev.ksgx.kernel.daemon.DaemonProcess.Made;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.launch.TokenProgram;
import dev.ksgx.kernel.launch.TokenReply;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.kernel.process.UserMode;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.protocol.message.Work;

/**
 * One request in the hands of a worker: read it, look into the cache, wait for a launch enclave,
 * enter it, write the answer. The policy is the launch enclave's: a refusal costs a turn there.
 */
final class TokenWork {
  private static final Burst READ =
      Burst.of(Step.software(Work.SOCKET_READ), Step.software(Work.DAEMON_OVERHEAD));
  private static final Burst WRITE = Burst.of(Step.software(Work.SOCKET_WRITE));

  /** An enclave that is lost is built anew once for a request. */
  private static final int MOST_ENTRIES = 2;

  private final Daemon daemon;
  private final DaemonProcess process;
  private final Connection connection;
  private final TaskRef worker;
  private final Flow flow;

  /** What was wrong when the request was taken in hand. */
  private final LaunchFault fault;

  private TokenRequest request;
  private TokenKey key;
  private int entries;

  TokenWork(Daemon daemon, DaemonProcess process, Connection connection, TaskRef worker) {
    this.daemon = daemon;
    this.process = process;
    this.connection = connection;
    this.worker = worker;
    this.flow = daemon.flow(worker, connection.ask.request());
    this.fault = daemon.fault;
    if (fault == LaunchFault.ONE_HUNG) {
      daemon.fault = LaunchFault.NONE;
    }
  }

  void run() {
    clientWaitsForReply();
    if (fault == LaunchFault.HUNG || fault == LaunchFault.ONE_HUNG) {
      flow.block();
    } else {
      flow.run(READ, ran -> parse());
    }
  }

  private void clientWaitsForReply() {
    connection.waitsFor(daemon.reply, worker.tid());
  }

  private void parse() {
    Bytes bytes = connection.ask.bytes();
    if (bytes.length() != TokenRequest.BYTES || fault == LaunchFault.OLD_LAYOUT) {
      answer(
          failed(
              Errno.EINVAL,
              "the daemon is of another release: it does not understand a message of %d bytes"
                  .formatted(bytes.length())));
      return;
    }
    request = TokenRequest.parse(bytes);
    lookUp();
  }

  private static Made failed(Errno errno, String check) {
    return new Made(null, CallResult.failed(errno, "token: " + check));
  }

  private void lookUp() {
    key = new TokenKey(request, daemon.cpuSvn());
    Bytes cached = process.cached(key);
    if (cached != null) {
      answer(new Made(cached, CallResult.OK));
    } else if (process.join(key, this::answer)) {
      daemon.counts.coalesced++;
      flow.block();
    } else {
      process.makes(key);
      process.enclaves().acquire(connection, flow::block, this::admitted);
    }
  }

  /** The connection has a seat: from here on its client waits for the answer. */
  private void admitted(Seat seat) {
    clientWaitsForEnclave(seat);
    seat.enclave().whenBuilt(flow, result -> enter(seat, result));
  }

  /** An enclave that is not there yet is what the client waits for. */
  private void clientWaitsForEnclave(Seat seat) {
    if (seat.enclave().state() != DaemonEnclave.State.BUILT) {
      connection.waitsFor(daemon.enclaves, worker.tid());
    }
  }

  private void enter(Seat seat, CallResult built) {
    if (!built.isZero()) {
      fail(seat, "it cannot be built: " + built);
      return;
    }
    clientWaitsForReply();
    entries++;
    DaemonEnclave enclave = seat.enclave();
    long building = enclave.builds();
    Bytes keyId = enclave.keyId();
    long operandPage = enclave.operandPage(seat);
    KernelConfig config = daemon.services.config();
    long macCycles = config.costs().inCyclesAt(config.ghz()).cycles(Cost.TOKEN_MAC);
    String refusal = refusal();
    TokenProgram.Rules rules = new TokenProgram.Rules(macCycles, !refusal.isEmpty(), false);
    Step step =
        new Step.Enter(
            enclave.tcs(seat),
            enclave.translation(),
            () -> new TokenProgram(request, keyId, operandPage, rules));
    new UserMode(flow, process.space(), daemon.self, daemon.calls)
        .onFault(
            () -> connection.waitsFor(daemon.services.lePaging(), worker.tid()),
            this::clientWaitsForReply)
        .run(Burst.of(step), ran -> left(seat, building, refusal, ran));
  }

  private void left(Seat seat, long building, String refusal, Executed ran) {
    StepResult.Left left = (StepResult.Left) ran.last();
    if (!left.fault().isEmpty()) {
      lost(seat, building, left.fault());
      return;
    }
    TokenReply reply = TokenReply.parse(left.value());
    if (reply.result() == TokenReply.INVALID_PRIVILEGE) {
      daemon.counts.refused++;
      finish(seat, failed(Errno.EACCES, "the launch enclave refuses: " + refusal));
    } else if (reply.result() != 0) {
      finish(seat, failed(Errno.EIO, "the launch enclave could not derive its key"));
    } else {
      daemon.counts.tokens++;
      finish(seat, new Made(reply.token(), CallResult.OK));
    }
  }

  private String refusal() {
    return fault == LaunchFault.DENYING
        ? "it gives no tokens"
        : daemon.policy.refusal(request.mrsigner(), request.attributes());
  }

  /** The enclave went with the power, or was killed: it is built anew, and asked once more. */
  private void lost(Seat seat, long building, String why) {
    daemon.counts.lost++;
    if (entries == MOST_ENTRIES) {
      fail(seat, "it was lost " + entries + " times: " + why);
      return;
    }
    connection.waitsFor(daemon.enclaves, worker.tid());
    seat.enclave()
        .remove(
            flow, building, () -> seat.enclave().whenBuilt(flow, result -> enter(seat, result)));
  }

  private void fail(Seat seat, String why) {
    finish(seat, failed(Errno.EIO, "the daemon has no launch enclave: " + why));
  }

  private void finish(Seat seat, Made made) {
    connection.leavesEnclave();
    process.enclaves().release(connection, seat);
    process.made(key, made);
    answer(made);
  }

  private void answer(Made made) {
    clientWaitsForReply();
    if (fault == LaunchFault.SLOW) {
      flow.block();
      daemon.after(daemon.delayNanos, process.ifAlive(() -> write(made)));
    } else {
      write(made);
    }
  }

  private void write(Made made) {
    Made told = made;
    if (made.result().isZero()) {
      if (fault == LaunchFault.WRONG_ANSWER) {
        told = new Made(process.lastAnswer, CallResult.OK);
      }
      process.lastAnswer = made.token();
    }
    Made written = told;
    flow.run(
        WRITE,
        ran -> {
          connection.answer(written.token(), written.result());
          process.over(connection, flow);
        });
  }
}
