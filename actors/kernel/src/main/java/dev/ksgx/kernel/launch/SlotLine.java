package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.probe.State;

/**
 * The shared slot (driver.md 5.2): 80 bytes of request, 304 of token and a result, and two flags.
 * The kernel sets {@code userRead} and sleeps for {@code kernelRead}; the thread's read sleeps for
 * {@code userRead}, its write sets {@code kernelRead}. No number says whose answer it is. Slot and
 * flags are the driver's: they outlive the process.
 *
 * <p>MODEL: to fill the slot and wake the other side costs what a write to a pipe does, to fetch
 * the answer what a read does.
 */
final class SlotLine implements LaunchLine {
  private static final Burst FILL = Burst.of(Step.software(Work.PIPE_WRITE));
  private static final Burst FETCH = Burst.of(Step.software(Work.PIPE_READ));
  private static final Burst GIVE_UP = Burst.of(Step.software(Work.SYSCALL));
  private static final int MRENCLAVE_BYTES = 32;

  /**
   * What a generation does wrong.
   *
   * @param leavesFlags an interrupted caller leaves the flags as they are (B-29)
   * @param sleepsOn the death of the process wakes nobody (B-30)
   * @param tears a request may be overwritten while it is copied (B-32)
   * @param toldByIoctl an error comes by an ioctl of its own and is -EIO; else a result that is not
   *     0 is what INIT returns
   */
  record Rules(boolean leavesFlags, boolean sleepsOn, boolean tears, boolean toldByIoctl) {}

  private final Rules rules;
  private final ReplySleep sleep;
  private final State flags;
  private LaunchSeat seat;
  private TaskRef server;
  private Bytes request;
  private RequestId postedBy;
  private TokenReply reply = TokenReply.ZEROS;
  private boolean userRead;
  private boolean kernelRead;

  /** The thread sleeps in its read. */
  private boolean reading;

  /** MRENCLAVE of the request as it was when the thread began to copy it. */
  private Bytes copiedFirst;

  /** Answers to come that nobody wants any more. */
  private int unwanted;

  /**
   * @param flags hears which flags are up
   */
  SlotLine(Rules rules, ReplySleep sleep, State flags) {
    this.rules = rules;
    this.sleep = sleep;
    this.flags = flags;
  }

  private void userRead(boolean up) {
    userRead = up;
    tellFlags();
  }

  private void kernelRead(boolean up) {
    kernelRead = up;
    tellFlags();
  }

  private void tellFlags() {
    if (userRead) {
      flags.set(kernelRead ? "user-read and kernel-read" : "user-read");
    } else {
      flags.set(kernelRead ? "kernel-read" : "none");
    }
  }

  /** The thread {@code server} of another process reads from now on. */
  void connect(LaunchSeat seat, TaskRef server) {
    this.seat = seat;
    this.server = server;
    reading = false;
    unwanted = 0;
  }

  @Override
  public void request(Flow flow, TokenRequest asked, TokenAnswer answer) {
    flow.run(
        FILL,
        ran -> {
          request = asked.bytes();
          postedBy = flow.request();
          reply = TokenReply.ZEROS;
          userRead(true);
          wakeServer();
          awaitReply(flow, answer);
        });
  }

  private void awaitReply(Flow flow, TokenAnswer answer) {
    if (kernelRead) {
      fetch(flow, answer);
    } else if (seat.isAlive() || rules.sleepsOn()) {
      sleep.begin(flow, server, () -> fetch(flow, answer), () -> interrupted(flow, answer));
    } else {
      fetch(flow, answer);
    }
  }

  private void wakeServer() {
    if (reading) {
      reading = false;
      seat.process().tell(new LaunchProcessMessage.SlotReady(server, postedBy));
    }
  }

  private void fetch(Flow flow, TokenAnswer answer) {
    flow.run(
        FETCH,
        ran -> {
          if (!kernelRead) {
            userRead(false);
            answer.fail(Errno.EIO, "INIT: the launch enclave's process is dead");
            return;
          }
          kernelRead(false);
          if (reply.result() == 0) {
            answer.accept(EinitToken.parse(reply.token()), CallResult.OK);
          } else if (rules.toldByIoctl()) {
            answer.fail(Errno.EIO, "INIT: the launch enclave's process signals an error");
          } else {
            answer.accept(
                null,
                CallResult.sgx(reply.result(), "INIT: the launch enclave refuses the enclave"));
          }
        });
  }

  /** As shipped the request stays posted, or its answer comes all the same: for the next (B-29). */
  private void interrupted(Flow flow, TokenAnswer answer) {
    if (!rules.leavesFlags()) {
      if (userRead) {
        userRead(false);
      } else {
        unwanted++;
      }
    }
    flow.run(
        GIVE_UP,
        ran ->
            answer.fail(Errno.EINTR, "INIT: a signal came while the launch enclave was working"));
  }

  @Override
  public void heard(LaunchControlMessage.FromThread message) {
    if (message instanceof LaunchControlMessage.SlotReading) {
      reading = true;
      if (userRead) {
        wakeServer();
      }
    } else if (message instanceof LaunchControlMessage.SlotCopying) {
      copiedFirst = request.slice(0, MRENCLAVE_BYTES);
    } else if (message instanceof LaunchControlMessage.SlotCopied) {
      copied();
    } else if (message instanceof LaunchControlMessage.SlotWritten written) {
      written(new TokenReply(written.token(), written.result()));
    }
  }

  /** Whoever posted during the copy finds its flag taken down with that of the one before. */
  private void copied() {
    Bytes bytes = null;
    if (userRead) {
      userRead(false);
      bytes =
          rules.tears()
              ? Bytes.concat(
                  copiedFirst, request.slice(MRENCLAVE_BYTES, request.length() - MRENCLAVE_BYTES))
              : request;
    }
    reading = bytes == null;
    seat.process().tell(new LaunchProcessMessage.SlotRead(server, postedBy, bytes));
  }

  private void written(TokenReply answer) {
    if (unwanted > 0) {
      unwanted--;
      return;
    }
    reply = answer;
    kernelRead(true);
    sleep.wake();
  }

  @Override
  public void paging(boolean now) {
    sleep.paging(now);
  }

  @Override
  public void processExited() {
    reading = false;
    if (!rules.sleepsOn()) {
      sleep.wake();
    }
  }
}
