package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayDeque;

/**
 * Two pipes (driver.md 5.1): write 80 bytes, sleep until 304 come back, read them. They carry
 * bytes, not answers to questions: a reply that its reader did not wait for is what the next reader
 * gets (B-29). They go with the process.
 */
final class PipeLine implements LaunchLine {
  private static final Burst WRITE =
      Burst.of(new Step.Software(Work.PIPE_WRITE, TokenRequest.WRITES));
  private static final Burst READ = Burst.of(Step.software(Work.PIPE_READ));

  private final KernelServices services;
  private final LaunchSeat seat;
  private final TaskRef server;
  private final ReplySleep sleep;
  private final ArrayDeque<Bytes> unread = new ArrayDeque<>();
  private int unwanted;

  /**
   * @param server the thread at the other ends
   */
  PipeLine(KernelServices services, LaunchSeat seat, TaskRef server, ReplySleep sleep) {
    this.services = services;
    this.seat = seat;
    this.server = server;
    this.sleep = sleep;
  }

  @Override
  public void request(Flow flow, TokenRequest request, TokenAnswer answer) {
    if (!seat.isAlive()) {
      brokenPipe(flow, answer);
      return;
    }
    flow.run(
        WRITE,
        ran -> {
          if (seat.isAlive()) {
            seat.process()
                .tell(new LaunchProcessMessage.ToProcess(server, flow.request(), request.bytes()));
            awaitReply(flow, answer);
          } else {
            brokenPipe(flow, answer);
          }
        });
  }

  /** SIGPIPE comes with it. */
  private void brokenPipe(Flow flow, TokenAnswer answer) {
    services.scheduler().tell(new SchedulerMessage.Signal(flow.task()));
    answer.fail(Errno.EPIPE, "INIT: the launch enclave's process is dead");
  }

  private void awaitReply(Flow flow, TokenAnswer answer) {
    if (!unread.isEmpty() || !seat.isAlive()) {
      read(flow, answer);
    } else {
      sleep.begin(flow, server, () -> read(flow, answer), () -> interrupted(flow, answer));
    }
  }

  private void read(Flow flow, TokenAnswer answer) {
    flow.run(
        READ,
        ran -> {
          Bytes bytes = unread.poll();
          if (bytes == null) {
            answer.fail(Errno.ENOMEM, "INIT: the launch enclave's process died before it answered");
          } else {
            answer.accept(EinitToken.parse(bytes), CallResult.OK);
          }
        });
  }

  /** The reply will come all the same; v5 leaves it to the next reader (B-29). */
  private void interrupted(Flow flow, TokenAnswer answer) {
    if (!services.config().bugs().has(Bugs.STALE_REPLY)) {
      unwanted++;
    }
    flow.run(
        READ,
        ran ->
            answer.fail(Errno.EINTR, "INIT: a signal came while the launch enclave was working"));
  }

  @Override
  public void heard(LaunchControlMessage.FromThread message) {
    if (unwanted > 0) {
      unwanted--;
      return;
    }
    unread.add(((LaunchControlMessage.FromProcess) message).bytes());
    sleep.wake();
  }

  @Override
  public void paging(boolean now) {
    sleep.paging(now);
  }

  @Override
  public void processExited() {
    sleep.wake();
  }
}
