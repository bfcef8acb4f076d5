package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.List;

/**
 * Reads requests from the slot and writes replies into it. MODEL: a read or a write of the slot, be
 * it a file's or an ioctl, costs what one of a pipe does.
 */
final class SlotThread extends LaunchThread {
  private static final Burst WAKE = Burst.of(Step.software(Work.SYSCALL));
  private static final Burst COPY = Burst.of(Step.software(Work.PIPE_READ));
  private static final List<Step> WRITE = List.of(Step.software(Work.PIPE_WRITE));

  private final LaunchWork work;

  SlotThread(LaunchWork work, TaskRef task, int index) {
    super(task, index);
    this.work = work;
  }

  /** A read of another length is -EIO at once, and the proxy exits. */
  @Override
  void begin() {
    if (work.fault() == LaunchFault.OLD_LAYOUT) {
      work.fail(this);
    } else {
      work.sleep(this);
      work.tell(new LaunchControlMessage.SlotReading(task));
    }
  }

  @Override
  void heard(LaunchProcessMessage.ToThread message) {
    if (message instanceof LaunchProcessMessage.SlotReady ready) {
      copy(ready.request());
    } else if (message instanceof LaunchProcessMessage.SlotRead read) {
      taken(read.request(), read.bytes());
    }
  }

  private void copy(RequestId request) {
    running = true;
    Flow flow = work.flow(this, request);
    flow.run(
        WAKE,
        awake -> {
          if (!work.goesOn(this)) {
            return;
          }
          if (work.fault() == LaunchFault.OLD_LAYOUT) {
            work.fail(this);
            return;
          }
          work.tell(new LaunchControlMessage.SlotCopying(task));
          flow.run(COPY, copied -> copied());
        });
  }

  private void copied() {
    if (work.goesOn(this)) {
      running = false;
      work.tell(new LaunchControlMessage.SlotCopied(task));
    }
  }

  private void taken(RequestId request, Bytes bytes) {
    if (bytes == null) {
      work.sleep(this);
      return;
    }
    work.serve(
        this,
        request,
        List.of(),
        TokenRequest.parse(bytes),
        WRITE,
        reply -> {
          work.tell(new LaunchControlMessage.SlotWritten(task, reply.token(), reply.result()));
          begin();
        });
  }
}
